// The one source of chance of a random world: all that happens in it follows from its seed, on every machine.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <random>
#include <string>
#include <vector>

namespace kedge {

class Dice final {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}

    int below(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
    int between(int least, int most) { return least + below(most - least + 1); }
    bool one_in(int count) { return below(count) == 0; }
    std::string pick(std::initializer_list<const char*> words) {
        return *(words.begin() + below(static_cast<int>(words.size())));
    }
    template<class T>
    const T& pick(const std::vector<T>& values) {
        return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
    }
    // Twelve hex digits that no other text holds by accident.
    std::string hex() {
        std::string text;
        for (int i = 0; i < 12; ++i) text += "0123456789abcdef"[below(16)];
        return text;
    }

private:
    std::mt19937_64 engine_;
};

} // namespace kedge
