// An answer that may be an error which a person can mend: what, where, what is allowed, what to do.
// Leans on check.h; there are no exceptions in sim, so a Result is how a request is refused.
// Ask which side it holds (`if (result)`) before taking one; taking the other stops the run.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "sim/base/check.h"

namespace rollcage {

struct Error {
    std::string message;
};

template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : outcome_(std::move(value)) {}
    Result(Error error) : outcome_(std::move(error)) {}

    explicit operator bool() const { return std::holds_alternative<T>(outcome_); }
    T& operator*() { return *side<T>(); }
    const T& operator*() const { return *side<T>(); }
    T* operator->() { return side<T>(); }
    const T* operator->() const { return side<T>(); }
    const Error& error() const { return *side<Error>(); }

private:
    template <class Side>
    Side* side() {
        check(std::holds_alternative<Side>(outcome_), "ask a Result which side it holds first");
        return std::get_if<Side>(&outcome_);
    }
    template <class Side>
    const Side* side() const {
        check(std::holds_alternative<Side>(outcome_), "ask a Result which side it holds first");
        return std::get_if<Side>(&outcome_);
    }
    std::variant<T, Error> outcome_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)), failed_(true) {}

    explicit operator bool() const { return !failed_; }
    const Error& error() const {
        check(failed_, "ask a Result which side it holds first");
        return error_;
    }

private:
    Error error_;
    bool failed_ = false;
};

}  // namespace rollcage
