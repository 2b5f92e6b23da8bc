// What the forges have in common: requests with JSON, lists that come page by page, the one comment of ours, and what
// an answer that is no success means.
#pragma once
#include "base/json.h"
#include "forge/forge.h"

#include <functional>
#include <string>

namespace kedge::forge {

// A null is no body.
HttpRequest json_request(const std::string& method, const std::string& target, const Json& body = Json());
ForgeSend look(HttpRequest request);       // changes nothing
ForgeSend repeatable(HttpRequest request); // a write that says the same however often it is sent
ForgeSend once(HttpRequest request);
// The segments of "owner/name", each percent-encoded. Throws std::invalid_argument where one would name another place.
std::string encoded_path(const std::string& repository);
std::string encoded_segment(const std::string& name); // throws likewise

bool is_success(const ForgeExchange& exchange); // answered, 2xx
bool is_status(const ForgeExchange& exchange, int status);
// Sent, and nobody knows what became of it.
bool is_unclear(const ForgeExchange& exchange);
// The answer as JSON; throws std::invalid_argument in words where it is none.
Json json_answer(const ForgeExchange& exchange);
ForgeRefusal refusal(const ForgeAsk& ask, const ForgeExchange& exchange, std::string hint = {});
ForgeRefusal refusal(const ForgeAsk& ask, ForgeTrouble trouble, const std::string& cause, std::string hint = {});

struct Paging {
    int rows_of_page = 100;
    int most_pages = 10;
};
// Page numbers are counted up from 1: the addresses that a forge offers for the next page are not followed.
struct Pages {
    Paging paging;
    std::function<HttpRequest(int page)> request;
    std::function<void(const Json& row, ForgeAnswer& answer)> row; // throws std::invalid_argument where it is none
};
// `first`: where in the talk the pages begin.
ForgeStep read_pages(const ForgeAsk& ask, const ForgeTalk& talk, const Pages& pages, std::size_t first = 0);

struct CommentVerbs {
    Paging paging;
    std::function<HttpRequest(int page)> list; // GET; oldest first
    std::function<HttpRequest()> create;       // POST
    std::function<HttpRequest(const std::string& id)> edit;
    std::function<PullComment(const Json& row)> read; // throws std::invalid_argument where it is none
    std::function<bool(const Json& row)> is_comment;  // null: every row is one; false: it is passed over
};
ForgeStep read_comments(const AskComments& ask, const ForgeTalk& talk, const CommentVerbs& verbs);
// See PutComment. A create whose answer was lost is looked for before it is sent again. What is longer than the forge
// takes (`description`) is refused unsent.
ForgeStep put_comment(const PutComment& ask, const ForgeTalk& talk, const CommentVerbs& verbs,
                      const ForgeDescription& description);
ForgeStep write_comment(const WriteComment& ask, const ForgeTalk& talk, const CommentVerbs& verbs,
                        const ForgeDescription& description);

// A `next` that may throw std::invalid_argument: the answer makes no sense then.
ForgeStep guarded(const ForgeAsk& ask, const std::function<ForgeStep()>& next);

} // namespace kedge::forge
