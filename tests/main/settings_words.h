// Settings as words, every field of them: two files that come to the same give the same text.
#pragma once
#include "main/settings.h"

#include <string>

namespace kedge {

std::string words_of(const LoadedSettings& loaded);

} // namespace kedge
