#include "forge/read.h"
#include "forge/talk.h"

#include <set>
#include <stdexcept>
#include <utility>

namespace kedge::forge {

namespace {

bool same_name(const std::string& a, const std::string& b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

// Forges change line ends, and take away space at the end.
std::string plain(const std::string& body) {
    std::string text;
    for (const char c : body) {
        if (c != '\r') text += c;
    }
    text.resize(text.find_last_not_of(" \n\t") + 1);
    return text;
}

// Plays the talk so far, and says what comes next.
//
//   [id known] -> edit --no such comment--> list --found--> edit -> answer
//                  |                         ^ |               `not ours--> list
//                  v                 unclear | `not there--> create -> answer
//                answer                      `----------------'
class Putting final {
public:
    Putting(const PutComment& ask, const CommentVerbs& verbs) : ask_(ask), verbs_(verbs), id_(ask.id) {}

    ForgeStep after(const ForgeTalk& talk) {
        for (const auto& exchange : talk) {
            auto end = take(exchange);
            if (end) return std::move(*end);
        }
        if (!id_.empty()) return same_ ? answer(id_, true) : ForgeStep(repeatable(verbs_.edit(id_)));
        if (absent_) return once(verbs_.create());
        return look(verbs_.list(page_));
    }

private:
    using End = std::optional<ForgeStep>;

    End take(const ForgeExchange& exchange) {
        if (!id_.empty()) return take_edit(exchange);
        return absent_ ? take_create(exchange) : take_page(exchange);
    }

    End take_edit(const ForgeExchange& exchange) {
        if (is_success(exchange)) return answer(id_, false);
        const bool other = is_status(exchange, 403) || is_status(exchange, 404) || is_status(exchange, 410);
        if (!other) return refusal(ask_, exchange);
        not_ours_.insert(std::exchange(id_, {}));
        list_again();
        return std::nullopt;
    }

    End take_page(const ForgeExchange& exchange) {
        Pages pages{{verbs_.paging.rows_of_page, 1}, verbs_.list, [this](const Json& row, ForgeAnswer& found) {
                        found.comments.push_back(verbs_.read(row));
                    }};
        auto step = read_pages(ask_, {exchange}, pages);
        auto* page = std::get_if<ForgeAnswer>(&step);
        if (page == nullptr) return step;
        for (const auto& comment : page->comments) {
            if (!is_ours(comment)) continue;
            id_ = comment.id;
            same_ = plain(comment.body) == plain(ask_.body);
            return std::nullopt;
        }
        if (page->cut && page_ < verbs_.paging.most_pages)
            ++page_;
        else
            absent_ = true;
        return std::nullopt;
    }

    End take_create(const ForgeExchange& exchange) {
        if (is_success(exchange)) {
            try {
                return answer(verbs_.read(json_answer(exchange)).id, false);
            } catch (const std::invalid_argument&) {
                return look_for_it();
            }
        }
        return is_unclear(exchange) ? look_for_it() : End(refusal(ask_, exchange));
    }

    // It may have been written.
    End look_for_it() {
        if (++lost_ == 2)
            return refusal(ask_, ForgeTrouble::unsure, "sent twice, and neither an answer nor the comment came");
        list_again();
        return std::nullopt;
    }

    bool is_ours(const PullComment& comment) const {
        if (!comment.body.starts_with(ask_.marker) || not_ours_.count(comment.id) > 0) return false;
        return ask_.account.empty() ? comment.by_program : same_name(comment.author, ask_.account);
    }

    void list_again() {
        page_ = 1;
        absent_ = false;
    }

    static ForgeStep answer(const std::string& id, bool unchanged) {
        ForgeAnswer answer;
        answer.id = id;
        answer.unchanged = unchanged;
        return answer;
    }

    const PutComment& ask_;
    const CommentVerbs& verbs_;
    std::string id_; // what is edited next
    bool same_ = false;
    bool absent_ = false;
    int page_ = 1;
    int lost_ = 0;
    std::set<std::string> not_ours_;
};

// Why it cannot be sent as a comment; empty: it can.
std::string comment_problem(const std::string& body, const ForgeDescription& description) {
    const auto characters = count_characters(body);
    if (body.empty()) return "the comment is empty";
    if (characters <= description.most_comment) return {};
    return "the comment has " + std::to_string(characters) + " characters, " + std::string(to_text(description.kind)) +
           " takes " + std::to_string(description.most_comment);
}

} // namespace

ForgeStep read_comments(const AskComments& ask, const ForgeTalk& talk, const CommentVerbs& verbs) {
    Pages pages{verbs.paging, verbs.list, [&](const Json& row, ForgeAnswer& answer) {
                    if (!verbs.is_comment || verbs.is_comment(row)) answer.comments.push_back(verbs.read(row));
                }};
    return read_pages(ask, talk, pages);
}

ForgeStep put_comment(const PutComment& ask, const ForgeTalk& talk, const CommentVerbs& verbs,
                      const ForgeDescription& description) {
    const auto problem = comment_problem(ask.body, description);
    if (!problem.empty()) return refusal(ask, ForgeTrouble::invalid, problem);
    if (ask.marker.empty() || !ask.body.starts_with(ask.marker))
        return refusal(ask, ForgeTrouble::invalid, "the comment does not begin with its marker");
    return Putting(ask, verbs).after(talk);
}

ForgeStep write_comment(const WriteComment& ask, const ForgeTalk& talk, const CommentVerbs& verbs,
                        const ForgeDescription& description) {
    const auto problem = comment_problem(ask.body, description);
    if (!problem.empty()) return refusal(ask, ForgeTrouble::invalid, problem);
    if (talk.empty()) return once(verbs.create());
    if (is_unclear(talk.front()))
        return refusal(ask, ForgeTrouble::unsure, "sent, and no clear answer came; it may stand there");
    if (!is_success(talk.front())) return refusal(ask, talk.front());
    ForgeAnswer answer;
    answer.id = verbs.read(json_answer(talk.front())).id;
    return answer;
}

} // namespace kedge::forge
