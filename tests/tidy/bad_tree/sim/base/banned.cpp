#include <iostream>
#include <lua.hpp>
#define LIMIT 3
int a = std::rand();
auto b = std::chrono::steady_clock::now();
std::unordered_map<int, int> c;
double d = std::exp(1.0);
void e() { throw 1; }
std::mutex f;
struct G { virtual void g(); };
static int h = 0;
std::map<int*, int> i;
const char* j = "/home/me";
