#include "notify/notifier.h"

#include "base/digest.h"
#include "base/failure.h"
#include "io/run.h"
#include "notify/bodies.h"

#include <algorithm>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_heard = 2000;

std::string_view format_of(ReceiverKind kind) {
    return kind == ReceiverKind::slack ? "slack" : "webhook";
}

bool is_of_interest(EventKind kind) {
    return kind != EventKind::change; // its pass tells it, with all the others
}

} // namespace

Notifier::Notifier(NotifierParts parts, std::vector<Receiver> receivers)
    : parts_(std::move(parts)), listener_(parts_.board, [this](const Event& event) { hear(event); }),
      stop_listener_(parts_.stop, [this] { stop(); }) {
    for (auto& receiver : receivers) {
        Lane::Parts shared{parts_.clock, parts_.log, parts_.outbox, parts_.make_client};
        lanes_.push_back(std::make_unique<Lane>(std::move(receiver), std::move(shared)));
    }
}

void Notifier::stop() {
    stopping_ = true;
    waker_.wake();
    for (auto& lane : lanes_) lane->stop();
}

void Notifier::hear(const Event& event) {
    if (lanes_.empty() || !is_of_interest(event.kind)) return;
    if (heard_.size() >= most_heard) {
        heard_.pop_front();
        if (!std::exchange(overheard_, true))
            parts_.log.warning("notifications dropped", {{"why", "more happens than can be written down"}});
    }
    Heard heard{event, nullptr};
    if (event.kind == EventKind::pass_ended) heard.report = parts_.board.report(event.unit);
    heard_.push_back(std::move(heard));
    waker_.wake();
}

Task<void> Notifier::run() {
    co_await load();
    // The last one takes in what happens; the others deliver.
    const auto intake = lanes_.size();
    std::function<Task<void>(std::size_t)> job = [this, intake](std::size_t i) {
        return i == intake ? take_in() : lanes_[i]->run();
    };
    const auto width = lanes_.size() + 1;
    co_await for_each_index(width, width, std::move(job));
}

Task<void> Notifier::load() {
    OutboxState state;
    std::string problem;
    try {
        state = co_await parts_.outbox.load();
    } catch (const Failure& failure) {
        problem = failure.what();
    }
    if (!problem.empty()) say_outbox_problem(problem);
    told_ = std::move(state.told);
    std::vector<std::int64_t> gone;
    int homeless = 0;
    for (auto& message : state.waiting) {
        const auto lane = std::find_if(lanes_.begin(), lanes_.end(), [&](const auto& one) {
            return one->receiver().name == message.receiver && format_of(one->receiver().kind) == message.format;
        });
        if (lane == lanes_.end()) {
            gone.push_back(message.id);
            ++homeless;
            continue;
        }
        const auto made_room = (*lane)->put(std::move(message));
        gone.insert(gone.end(), made_room.begin(), made_room.end());
    }
    if (homeless > 0)
        parts_.log.warning("notifications dropped",
                           {{"count", homeless}, {"why", "the settings do not name their receivers any more"}});
    co_await forget(std::move(gone));
}

// Also what was heard before the stop is written down: it is told after the next start.
Task<void> Notifier::take_in() {
    while (true) {
        while (!heard_.empty()) {
            auto heard = std::move(heard_.front());
            heard_.pop_front();
            co_await take(std::move(heard));
        }
        overheard_ = false;
        if (stopping_) co_return;
        co_await waker_.wait();
    }
}

// After a new start nobody says that a unit recovered which had failed before it: its first pass that ends does.
bool Notifier::works_again(const Heard& heard) const {
    const auto told = told_.find(heard.event.unit);
    if (told == told_.end() || !is_told_failing(told->second)) return false;
    return heard.report && (heard.report->stopped.empty() || heard.report->superseded);
}

Task<void> Notifier::take(Heard heard) {
    const auto& event = heard.event;
    const auto& installation = parts_.installation;
    const auto before = told_[event.unit];
    News news;
    switch (event.kind) {
    case EventKind::pass_ended: {
        if (works_again(heard)) {
            auto recovery = news_of_recovery(event, before, installation);
            co_await keep(event.unit, std::move(recovery));
        }
        if (!heard.report || last_report_[event.unit] == heard.report) co_return;
        last_report_[event.unit] = heard.report;
        const auto told = told_[event.unit];
        news = news_of_pass(event, *heard.report, told, installation);
        break;
    }
    case EventKind::pass_failed:
        news = news_of_failure(event, before, installation);
        break;
    case EventKind::recovered:
        news = news_of_recovery(event, before, installation);
        break;
    default:
        news.told = before;
        news.notice = notice_of(event, installation);
    }
    co_await keep(event.unit, std::move(news));
}

std::vector<OutboxMessage> Notifier::messages_of(const Notice& notice) const {
    std::vector<OutboxMessage> messages;
    for (const auto& lane : lanes_) {
        const auto& receiver = lane->receiver();
        if (!wants(receiver, notice)) continue;
        OutboxMessage message;
        message.receiver = receiver.name;
        message.format = format_of(receiver.kind);
        message.kind = notice.kind;
        message.delivery = random_hex(16);
        message.body =
            receiver.kind == ReceiverKind::slack ? slack_body(notice) : webhook_body(notice, message.delivery);
        message.made = parts_.clock.now();
        messages.push_back(std::move(message));
    }
    return messages;
}

Task<void> Notifier::keep(const std::string& unit, News news) {
    auto messages = news.notice ? messages_of(*news.notice) : std::vector<OutboxMessage>();
    if (messages.empty() && told_[unit] == news.told) co_return;
    told_[unit] = news.told;
    std::vector<std::int64_t> ids;
    std::string problem;
    try {
        auto copies = messages;
        auto name = unit;
        ids = co_await parts_.outbox.add(std::move(copies), std::move(name), std::move(news.told));
        outbox_broken_ = false;
    } catch (const Failure& failure) {
        problem = failure.what();
    }
    if (!problem.empty()) say_outbox_problem(problem);
    std::vector<std::int64_t> gone;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        auto& message = messages[i];
        message.id = i < ids.size() ? ids[i] : 0;
        const auto lane = std::find_if(lanes_.begin(), lanes_.end(),
                                       [&](const auto& one) { return one->receiver().name == message.receiver; });
        const auto made_room = (*lane)->put(std::move(message));
        gone.insert(gone.end(), made_room.begin(), made_room.end());
    }
    co_await forget(std::move(gone));
}

Task<void> Notifier::forget(std::vector<std::int64_t> ids) {
    if (ids.empty()) co_return;
    std::string problem;
    try {
        co_await parts_.outbox.remove(std::move(ids));
    } catch (const Failure& failure) {
        problem = failure.what();
    }
    if (!problem.empty()) say_outbox_problem(problem);
}

void Notifier::say_outbox_problem(const std::string& why) {
    if (std::exchange(outbox_broken_, true)) return;
    parts_.log.warning("notifications would not survive a restart", {{"why", why}});
}

} // namespace kedge
