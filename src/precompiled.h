// The heavy headers of the pure rooms, compiled once for each configuration (precompiled_io.h adds Asio for the
// others). Every file still includes what it uses: the clang build runs without this header.
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
