#include "sim/world/world.h"
#include "tests/story.h"
