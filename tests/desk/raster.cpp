#include "tests/desk/raster.h"

#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace {

using Channels = std::array<std::uint32_t, 4>;

Channels channels(std::uint32_t colour) {
    return {colour & 255, colour >> 8 & 255, colour >> 16 & 255, colour >> 24};
}

// Of two shares of 255, exactly rounded.
std::uint32_t times(std::uint32_t one, std::uint32_t other) {
    const std::uint32_t product = one * other + 128;
    return (product + (product >> 8)) >> 8;
}

void blend(std::uint32_t& under, const Channels& over) {
    const Channels was = channels(under);
    Channels mixed{};
    for (std::size_t i = 0; i < 3; ++i)
        mixed[i] = std::min(255U, times(over[i], over[3]) + times(was[i], 255 - over[3]));
    under = 0xFF000000U | mixed[2] << 16 | mixed[1] << 8 | mixed[0];
}

struct Texture {
    const std::uint32_t* pixels;
    int wide, high;

    std::uint32_t at(int x, int y) const {
        return pixels[std::clamp(y, 0, high - 1) * wide + std::clamp(x, 0, wide - 1)];
    }
    // Between four pixels, in parts of 256.
    Channels sample(ImVec2 uv) const {
        const int x = static_cast<int>(std::lround(uv.x * static_cast<float>(wide) * 256)) - 128;
        const int y = static_cast<int>(std::lround(uv.y * static_cast<float>(high) * 256)) - 128;
        const auto right = static_cast<std::uint32_t>(x & 255);
        const auto down = static_cast<std::uint32_t>(y & 255);
        const Channels a = channels(at(x >> 8, y >> 8)), b = channels(at((x >> 8) + 1, y >> 8));
        const Channels c = channels(at(x >> 8, (y >> 8) + 1));
        const Channels d = channels(at((x >> 8) + 1, (y >> 8) + 1));
        Channels found{};
        for (std::size_t i = 0; i < 4; ++i)
            found[i] = ((a[i] * (256 - right) + b[i] * right) * (256 - down) +
                        (c[i] * (256 - right) + d[i] * right) * down + 32'768) >>
                       16;
        return found;
    }
};

// A corner in sixteenths of a pixel.
struct Corner {
    std::int64_t x, y;
    const ImDrawVert* vertex;
};
Corner corner_of(const ImDrawVert& vertex) {
    return {std::lround(vertex.pos.x * 16), std::lround(vertex.pos.y * 16), &vertex};
}

// Twice the area left of an edge; walked over the picture by adding.
struct Edge {
    std::int64_t value, by_x, by_y, bias;
    Edge(const Corner& from, const Corner& until, std::int64_t x, std::int64_t y)
        : value((until.x - from.x) * (y - from.y) - (until.y - from.y) * (x - from.x)),
          by_x(-(until.y - from.y) * 16),
          by_y((until.x - from.x) * 16),
          bias(owns(from, until) ? 0 : -1) {}
    // A pixel on an edge belongs to one of its two triangles: of which it is the left or the top.
    static bool owns(const Corner& from, const Corner& until) {
        return (until.y == from.y && until.x > from.x) || until.y < from.y;
    }
};

struct Box {
    int left, top, right, bottom;
};

class Painter {
public:
    Painter(Picture& onto, Texture texture) : onto_(onto), texture_(texture) {}

    void triangle(const ImDrawVert& first, const ImDrawVert& second, const ImDrawVert& third,
                  const Box& clip) {
        Corner a = corner_of(first), b = corner_of(second), c = corner_of(third);
        std::int64_t area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        if (area == 0) return;
        if (area < 0) std::swap(b, c), area = -area;
        const auto [left, right] = std::minmax({a.x, b.x, c.x});
        const auto [top, bottom] = std::minmax({a.y, b.y, c.y});
        const Box box{std::max(clip.left, static_cast<int>(left >> 4)),
                      std::max(clip.top, static_cast<int>(top >> 4)),
                      std::min(clip.right, static_cast<int>((right + 15) >> 4)),
                      std::min(clip.bottom, static_cast<int>((bottom + 15) >> 4))};
        if (box.left < box.right && box.top < box.bottom) fill({a, b, c}, area, box);
    }

private:
    void fill(const std::array<Corner, 3>& of, std::int64_t area, const Box& box) {
        const std::int64_t x = box.left * 16 + 8, y = box.top * 16 + 8;
        std::array<Edge, 3> edges{Edge{of[1], of[2], x, y}, Edge{of[2], of[0], x, y},
                                  Edge{of[0], of[1], x, y}};
        for (int line = box.top; line < box.bottom; ++line) {
            std::array<std::int64_t, 3> weight{edges[0].value, edges[1].value, edges[2].value};
            std::uint32_t* row = &onto_.pixels[static_cast<std::size_t>(line * onto_.wide)];
            for (int column = box.left; column < box.right; ++column) {
                // The bias decides who owns a pixel and never enters what it looks like.
                if (((weight[0] + edges[0].bias) | (weight[1] + edges[1].bias) |
                     (weight[2] + edges[2].bias)) >= 0)
                    blend(row[column], colour(of, weight, area));
                for (std::size_t i = 0; i < 3; ++i) weight[i] += edges[i].by_x;
            }
            for (Edge& it : edges) it.value += it.by_y;
        }
    }

    Channels colour(const std::array<Corner, 3>& of, const std::array<std::int64_t, 3>& weight,
                    std::int64_t area) const {
        Channels mixed{};
        for (std::size_t i = 0; i < 4; ++i) {
            std::int64_t sum = area / 2;
            for (std::size_t k = 0; k < 3; ++k)
                sum += weight[k] * static_cast<std::int64_t>(channels(of[k].vertex->col)[i]);
            mixed[i] = static_cast<std::uint32_t>(std::clamp<std::int64_t>(sum / area, 0, 255));
        }
        const Channels texel = texture_.sample(place_of(of, weight, area));
        for (std::size_t i = 0; i < 4; ++i) mixed[i] = times(mixed[i], texel[i]);
        return mixed;
    }

    static ImVec2 place_of(const std::array<Corner, 3>& of,
                           const std::array<std::int64_t, 3>& weight, std::int64_t area) {
        const ImVec2 first = of[0].vertex->uv;
        const auto same = [&](const Corner& it) {
            return it.vertex->uv.x == first.x && it.vertex->uv.y == first.y;
        };
        if (same(of[1]) && same(of[2])) return first;
        const float whole = 1.0F / static_cast<float>(area);
        ImVec2 uv{0, 0};
        for (std::size_t k = 0; k < 3; ++k) {
            const float share = static_cast<float>(weight[k]) * whole;
            uv.x += share * of[k].vertex->uv.x;
            uv.y += share * of[k].vertex->uv.y;
        }
        return uv;
    }

    Picture& onto_;
    Texture texture_;
};

}  // namespace

Picture paint(const ImDrawData& drawn, ImFontAtlas& atlas, ImU32 ground) {
    unsigned char* pixels = nullptr;
    Texture texture{};
    atlas.GetTexDataAsRGBA32(&pixels, &texture.wide, &texture.high);
    const std::vector<std::uint32_t> words(
        reinterpret_cast<const std::uint32_t*>(pixels),
        reinterpret_cast<const std::uint32_t*>(pixels) + texture.wide * texture.high);
    texture.pixels = words.data();
    Picture picture{static_cast<int>(drawn.DisplaySize.x), static_cast<int>(drawn.DisplaySize.y)};
    picture.pixels.assign(static_cast<std::size_t>(picture.wide * picture.high), ground);
    Painter painter{picture, texture};
    for (int n = 0; n < drawn.CmdListsCount; ++n) {
        const ImDrawList& list = *drawn.CmdLists[n];
        for (const ImDrawCmd& it : list.CmdBuffer) {
            if (it.UserCallback) continue;
            const Box clip{std::max(0, static_cast<int>(it.ClipRect.x)),
                           std::max(0, static_cast<int>(it.ClipRect.y)),
                           std::min(picture.wide, static_cast<int>(it.ClipRect.z)),
                           std::min(picture.high, static_cast<int>(it.ClipRect.w))};
            const ImDrawVert* vertices = list.VtxBuffer.Data + it.VtxOffset;
            const ImDrawIdx* nth = list.IdxBuffer.Data + it.IdxOffset;
            for (unsigned i = 0; i + 2 < it.ElemCount; i += 3)
                painter.triangle(vertices[nth[i]], vertices[nth[i + 1]], vertices[nth[i + 2]],
                                 clip);
        }
    }
    return picture;
}

bool write_png(const Picture& picture, const std::string& file) {
    std::vector<unsigned char> opaque;  // Nothing shines through a screen.
    opaque.reserve(picture.pixels.size() * 3);
    for (const std::uint32_t it : picture.pixels)
        for (const unsigned shift : {0U, 8U, 16U})
            opaque.push_back(static_cast<unsigned char>(it >> shift & 255));
    stbi_write_png_compression_level = 20;
    return stbi_write_png(file.c_str(), picture.wide, picture.high, 3, opaque.data(),
                          picture.wide * 3) != 0;
}

std::optional<Picture> read_png(const std::string& file) {
    Picture picture;
    int depth = 0;
    unsigned char* read = stbi_load(file.c_str(), &picture.wide, &picture.high, &depth, 4);
    if (read == nullptr) return std::nullopt;
    const auto* words = reinterpret_cast<const std::uint32_t*>(read);
    picture.pixels.assign(words, words + picture.wide * picture.high);
    stbi_image_free(read);
    return picture;
}

PixelsApart difference(const Picture& one, const Picture& other, int tolerance) {
    if (one.wide != other.wide || one.high != other.high) return {one.wide * one.high, 0, 0};
    PixelsApart found;
    for (std::size_t i = 0; i < one.pixels.size(); ++i) {
        const Channels a = channels(one.pixels[i]), b = channels(other.pixels[i]);
        bool differs = false;
        for (std::size_t c = 0; c < 4; ++c)
            differs |= std::abs(static_cast<int>(a[c]) - static_cast<int>(b[c])) > tolerance;
        if (!differs) continue;
        if (found.pixels == 0) {
            found.x = static_cast<int>(i) % one.wide;
            found.y = static_cast<int>(i) / one.wide;
        }
        ++found.pixels;
    }
    return found;
}
