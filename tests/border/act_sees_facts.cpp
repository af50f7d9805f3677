#include "sim/act/actor.h"
#include "sim/words/fact_view.h"

int main() {}
