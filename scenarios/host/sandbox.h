// A Lua 5.4 state that sees no files, no clock and no dice but ours, within memory and work limits.
// Leans on Lua's C library and draw.h. No object with a destructor may live across a Lua error.
// Work is counted in instructions; bytes allocated and long library calls are charged to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <lua.hpp>
#include <string>

#include "sim/base/draw.h"
#include "sim/base/result.h"

namespace rollcage {

struct SandboxLimits {
    std::size_t memory = std::size_t{16} << 20;
    std::size_t text = std::size_t{256} << 10;  // The longest single text.
    std::int64_t load_instructions = 20'000'000;
    std::int64_t wake_instructions = 2'000'000;
};

struct ScriptDice {  // Each actor throws its own, so that one more actor disturbs nobody.
    std::uint32_t entity = 0;
    std::uint64_t next = 0;
};

class Sandbox {
public:
    explicit Sandbox(std::uint64_t seed, void* owner, SandboxLimits limits = {});
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    static Sandbox& of(lua_State* state);
    lua_State* state() const { return state_; }  // Null when not even the library fits.
    void* owner() const { return owner_; }
    const SandboxLimits& limits() const { return limits_; }

    void allow(std::int64_t instructions);  // Starts a fresh budget.
    void arm(lua_State* thread);
    void charge(std::int64_t instructions) { used_ += instructions; }
    bool spent() const { return used_ > allowed_; }
    void refuse_if_spent(lua_State* thread);  // Raises a Lua error.
    double next_die();
    ScriptDice dice;

    // What a failed call left on top of the stack, as a sentence.
    std::string complaint(lua_State* thread, int status) const;

private:
    static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
    static void count(lua_State* thread, lua_Debug* activity);

    SandboxLimits limits_;
    std::uint64_t seed_;
    void* owner_;
    std::size_t bytes_ = 0;
    std::int64_t used_ = 0, allowed_ = 0;
    lua_State* state_ = nullptr;
};

// A C function for Lua: to the library's own function, its only upvalue.
int pass_on(lua_State* state);
// Opens our subset of the standard library; runs inside a protected call.
int open_library(lua_State* state);

}  // namespace rollcage
