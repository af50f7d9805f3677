#include "scenarios/host/sandbox.h"

#include <cstdlib>
#include <cstring>

namespace rollcage {

namespace {

constexpr int instructions_per_look = 100;
constexpr std::int64_t bytes_per_instruction = 64;  // Copying is work, too.
constexpr char spent_text[] =
    "the script used up its instruction budget; is there an endless loop?";

}  // namespace

Sandbox::Sandbox(std::uint64_t seed, void* owner, SandboxLimits limits)
    : limits_(limits), seed_(seed), owner_(owner) {
    state_ = lua_newstate(allocate, this);
    if (!state_) return;
    Sandbox* self = this;
    std::memcpy(lua_getextraspace(state_), &self, sizeof self);
    lua_pushcfunction(state_, open_library);
    if (lua_pcall(state_, 0, 0, 0) != LUA_OK) {
        lua_close(state_);
        state_ = nullptr;
    }
}

Sandbox::~Sandbox() {
    if (state_) lua_close(state_);
}

Sandbox& Sandbox::of(lua_State* state) {
    Sandbox* self = nullptr;
    std::memcpy(&self, lua_getextraspace(state), sizeof self);
    return *self;
}

void Sandbox::allow(std::int64_t instructions) {
    used_ = 0;
    allowed_ = instructions;
}

void Sandbox::arm(lua_State* thread) {
    lua_sethook(thread, count, LUA_MASKCOUNT, instructions_per_look);
}

void Sandbox::refuse_if_spent(lua_State* thread) {
    if (!spent()) return;
    // From now on every single instruction raises it again: pcall cannot swallow it.
    lua_sethook(thread, count, LUA_MASKCOUNT, 1);
    luaL_error(thread, "%s", spent_text);
}

void Sandbox::count(lua_State* thread, lua_Debug* activity) {
    Sandbox& self = of(thread);
    self.used_ += instructions_per_look;
    if (!self.spent()) return;
    lua_sethook(thread, count, LUA_MASKCOUNT, 1);
    lua_getinfo(thread, "Sl", activity);
    luaL_error(thread, "%s:%d: %s", activity->short_src, activity->currentline, spent_text);
}

double Sandbox::next_die() {
    const std::uint64_t index = dice.next++;
    return Draw(seed_)(Purpose::lua, dice.entity, index).fine(0).value();
}

void* Sandbox::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
    Sandbox& box = *static_cast<Sandbox*>(self);
    const bool is_text = !block && old_size == LUA_TSTRING;  // A new object tells its type here.
    const std::size_t held = block ? old_size : 0;
    if (new_size == 0) {
        std::free(block);
        box.bytes_ -= held;
        return nullptr;
    }
    if (is_text && new_size > box.limits_.text) return nullptr;
    if (new_size > held && box.bytes_ + (new_size - held) > box.limits_.memory) return nullptr;
    void* moved = std::realloc(block, new_size);
    if (!moved) return nullptr;
    box.bytes_ += new_size - held;
    box.used_ += static_cast<std::int64_t>(new_size) / bytes_per_instruction;
    return moved;
}

std::string Sandbox::complaint(lua_State* thread, int status) const {
    if (status == LUA_ERRMEM)
        return "the script needs more memory than it may have (" +
               std::to_string(limits_.memory >> 20) + " MiB in all, " +
               std::to_string(limits_.text >> 10) + " KiB for one text)";
    if (lua_type(thread, -1) != LUA_TSTRING) return "the script raised an error that is not text";
    std::size_t size = 0;
    const char* text = lua_tolstring(thread, -1, &size);
    return std::string(text, size);
}

}  // namespace rollcage
