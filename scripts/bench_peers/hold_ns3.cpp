// The hold model on ns-3's PriorityQueueScheduler; prints operations per second of user CPU.
#include <ns3/core-module.h>
#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace {

constexpr long operations = 3'000'000;
std::mt19937_64 dice(42);
long fired = 0, warm = 0;
double started = 0;

double cpu_s() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec) * 1e-6;
}
ns3::Time later() {
    const double u = (static_cast<double>(dice() >> 11) + 0.5) * 0x1p-53;
    return ns3::MicroSeconds(1 + static_cast<std::uint64_t>(-std::log(u) * 1e6));
}
void fire() {
    if (++fired == warm) started = cpu_s();
    if (fired == warm + operations) return ns3::Simulator::Stop();
    ns3::Simulator::Schedule(later(), &fire);
}

}  // namespace

int main(int count, char** words) {
    if (count != 2) return 2;
    warm = std::atol(words[1]);
    ns3::ObjectFactory factory;
    factory.SetTypeId("ns3::PriorityQueueScheduler");
    ns3::Simulator::SetScheduler(factory);
    for (long i = 0; i < warm; ++i) ns3::Simulator::Schedule(later(), &fire);
    ns3::Simulator::Run();
    std::printf("%.0f\n", static_cast<double>(operations) / (cpu_s() - started));
    std::fflush(stdout);
    std::_Exit(0);  // ns-3 would spend longer tearing down than running.
}
