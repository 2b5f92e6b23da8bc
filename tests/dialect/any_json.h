// Documents out of arbitrary bytes: each byte is one choice, so that RapidCheck can shrink what it finds.
#pragma once
#include "base/json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace kedge::testing {

class Choices {
public:
    Choices(std::vector<std::uint8_t> bytes, std::vector<std::string> keys, std::vector<std::string> texts)
        : bytes_(std::move(bytes)), keys_(std::move(keys)), texts_(std::move(texts)) {}

    // Null once the bytes are used up.
    Json value(int depth) {
        switch (take() % (depth > 0 ? 9 : 5)) {
        case 0:
            return Json();
        case 1:
            return Json(take() % 2 == 0);
        case 2:
            return Json(static_cast<int>(take()) - 128);
        case 3:
        case 4:
            return Json(pick(texts_));
        case 5:
            return list(depth);
        default:
            return object(depth);
        }
    }
    Json object(int depth) {
        Json result = Json::object();
        for (int left = take() % 8; left > 0; --left) {
            const auto key = pick(keys_);
            result[key] = value(depth - 1);
        }
        return result;
    }

private:
    Json list(int depth) {
        Json result = Json::array();
        for (int left = take() % 5; left > 0; --left) result.push_back(value(depth - 1));
        return result;
    }
    std::uint8_t take() { return at_ < bytes_.size() ? bytes_[at_++] : 0; }
    const std::string& pick(const std::vector<std::string>& from) { return from[take() % from.size()]; }

    std::vector<std::uint8_t> bytes_;
    std::vector<std::string> keys_;
    std::vector<std::string> texts_;
    std::size_t at_ = 0;
};

} // namespace kedge::testing
