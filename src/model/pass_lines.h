// A record of the history as JSON lines, for programs that collect them: one for the pass, one for each change. Names
// here are an interface.
#pragma once
#include "model/pass_record.h"

#include <string>

namespace kedge {

// Each line is valid UTF-8, whole in itself and ends in a newline.
std::string pass_lines(const PassRecord& record);

} // namespace kedge
