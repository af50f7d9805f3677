#include "sim/base/draw.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rollcage {

#ifdef __SSE2__

namespace {

struct Product {
    __m128i low, high;
};

// Four 32 x 32 products; SSE2 multiplies the even lanes.
Product multiply(__m128i lanes, std::uint32_t factor) {
    const __m128i by = _mm_set1_epi32(static_cast<int>(factor));
    const __m128i even = _mm_shuffle_epi32(_mm_mul_epu32(lanes, by), _MM_SHUFFLE(3, 1, 2, 0));
    const __m128i odd =
        _mm_shuffle_epi32(_mm_mul_epu32(_mm_srli_epi64(lanes, 32), by), _MM_SHUFFLE(3, 1, 2, 0));
    return {_mm_unpacklo_epi32(even, odd), _mm_unpackhi_epi32(even, odd)};
}

__m128i loaded(const FourWords& words) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(words.data()));
}
void store(Philox& block, __m128i words) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(block.lanes.data()), words);
}

}  // namespace

std::array<Philox, 4> four_philox4x32(std::array<FourWords, 4> counter,
                                      std::array<std::uint32_t, 2> key) {
    __m128i c0 = loaded(counter[0]), c1 = loaded(counter[1]), c2 = loaded(counter[2]),
            c3 = loaded(counter[3]);
    for (int round = 0; round < 10; ++round) {
        const Product a = multiply(c0, 0xD2511F53u), b = multiply(c2, 0xCD9E8D57u);
        c0 = _mm_xor_si128(_mm_xor_si128(b.high, c1), _mm_set1_epi32(static_cast<int>(key[0])));
        c2 = _mm_xor_si128(_mm_xor_si128(a.high, c3), _mm_set1_epi32(static_cast<int>(key[1])));
        c1 = b.low;
        c3 = a.low;
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    const __m128i low01 = _mm_unpacklo_epi32(c0, c1), low23 = _mm_unpacklo_epi32(c2, c3),
                  high01 = _mm_unpackhi_epi32(c0, c1), high23 = _mm_unpackhi_epi32(c2, c3);
    std::array<Philox, 4> blocks;
    store(blocks[0], _mm_unpacklo_epi64(low01, low23));
    store(blocks[1], _mm_unpackhi_epi64(low01, low23));
    store(blocks[2], _mm_unpacklo_epi64(high01, high23));
    store(blocks[3], _mm_unpackhi_epi64(high01, high23));
    return blocks;
}

#else

std::array<Philox, 4> four_philox4x32(std::array<FourWords, 4> counter,
                                      std::array<std::uint32_t, 2> key) {
    std::array<Philox, 4> blocks;
    for (std::size_t i = 0; i < 4; ++i)
        blocks[i] = philox4x32({counter[0][i], counter[1][i], counter[2][i], counter[3][i]}, key);
    return blocks;
}

#endif

}  // namespace rollcage
