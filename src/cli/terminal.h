// What standard output and error are: a terminal or not, how wide, coloured or not; and progress on a terminal.
#pragma once
#include "cli/options.h"
#include "reconcile/unit.h"
#include "view/text.h"

#include <chrono>
#include <string>

namespace kedge {

class Terminal final {
public:
    // `no_color`: NO_COLOR is set.
    Terminal(const Options& options, bool no_color);

    TextStyle style(bool may_apply) const;
    void print(const std::string& text); // standard output
    void say(const std::string& text);   // standard error, one line
    bool can_print() const;              // false once whoever read standard output has gone
    Progress progress();                 // rewrites one line on a terminal; does nothing elsewhere
    void end_progress();
    void tick();          // now and then: a step that shows no progress is said to take so long
    bool can_ask() const; // a person sits at standard input
    // Asks a person; true where there is none.
    bool confirm(const std::string& question);

private:
    bool out_is_terminal_;
    bool error_is_terminal_;
    bool colour_;
    bool quiet_;
    int width_;
    bool progress_shown_ = false;
    std::string progress_line_;
    std::chrono::steady_clock::time_point progress_since_; // when the line last changed
};

} // namespace kedge
