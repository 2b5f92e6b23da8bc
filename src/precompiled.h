// The heavy headers of the pure rooms, compiled once for each configuration (precompiled_io.h adds Asio for the
// others). Every file still includes what it uses: clang-tidy runs without this header.
#pragma once
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

// What every file would otherwise instantiate for itself: base/json_instance.cpp does it once.
extern template class nlohmann::basic_json<>;
namespace nlohmann::detail {
extern template class serializer<json>;
extern template class json_sax_dom_parser<json>;
extern template class lexer<json, iterator_input_adapter<std::string::const_iterator>>;
extern template class parser<json, iterator_input_adapter<std::string::const_iterator>>;
} // namespace nlohmann::detail
