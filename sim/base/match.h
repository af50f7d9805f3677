// Overloads gathered from lambdas, so that std::visit reads as a list of cases.
// Leans on the language alone.
// A forgotten case does not compile.
#pragma once

namespace rollcage {

template <class... Cases>
struct match : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
match(Cases...) -> match<Cases...>;

}  // namespace rollcage
