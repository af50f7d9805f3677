#include "sim/world/world.h"

int main() {}
