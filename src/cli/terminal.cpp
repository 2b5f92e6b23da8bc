#include "cli/terminal.h"

#include <cstdio>
#include <iostream>
#include <sys/ioctl.h>
#include <unistd.h>

namespace kedge {

namespace {

constexpr std::chrono::seconds worth_saying{3};

int terminal_width() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 40) return 100;
    return size.ws_col;
}

} // namespace

Terminal::Terminal(const Options& options, bool no_color)
    : out_is_terminal_(isatty(STDOUT_FILENO) == 1), error_is_terminal_(isatty(STDERR_FILENO) == 1),
      colour_(out_is_terminal_ && !no_color && !options.no_color), quiet_(options.quiet), width_(terminal_width()) {}

TextStyle Terminal::style(bool may_apply) const {
    TextStyle style;
    style.colour = colour_;
    style.width = width_;
    style.may_apply = may_apply;
    return style;
}

void Terminal::print(const std::string& text) {
    end_progress();
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (!text.empty() && text.back() != '\n') std::fputc('\n', stdout);
    std::fflush(stdout);
}

void Terminal::say(const std::string& text) {
    end_progress();
    std::fprintf(stderr, "%s\n", text.c_str());
}

bool Terminal::can_print() const {
    return std::ferror(stdout) == 0;
}

Progress Terminal::progress() {
    if (!error_is_terminal_ || quiet_) return {};
    return [this](const std::string& step, std::size_t done, std::size_t total) {
        std::string line = step;
        if (total > 0) line += " " + std::to_string(done) + "/" + std::to_string(total);
        std::fprintf(stderr, "\r\x1b[K%s ...", line.c_str());
        std::fflush(stderr);
        progress_shown_ = true;
        progress_line_ = std::move(line);
        progress_since_ = std::chrono::steady_clock::now();
    };
}

void Terminal::tick() {
    const auto waited = std::chrono::steady_clock::now() - progress_since_;
    if (!progress_shown_ || waited < worth_saying) return;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(waited).count();
    std::fprintf(stderr, "\r\x1b[K%s ... waiting for %lld s", progress_line_.c_str(), static_cast<long long>(seconds));
    std::fflush(stderr);
}

void Terminal::end_progress() {
    if (!progress_shown_) return;
    std::fprintf(stderr, "\r\x1b[K");
    std::fflush(stderr);
    progress_shown_ = false;
}

bool Terminal::can_ask() const {
    return isatty(STDIN_FILENO) == 1;
}

bool Terminal::confirm(const std::string& question) {
    if (!can_ask()) return true;
    end_progress();
    std::fprintf(stderr, "%s Only \"yes\" goes on: ", question.c_str());
    std::fflush(stderr);
    std::string answer;
    std::getline(std::cin, answer);
    return answer == "yes";
}

} // namespace kedge
