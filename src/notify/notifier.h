// Tells receivers outside what happens in the daemon: listens to the status board, keeps what is news in the outbox,
// and delivers it. Nothing here is waited for by a pass, and nothing that goes wrong here stops one.
#pragma once
#include "notify/lane.h"
#include "reconcile/status_board.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace kedge {

struct NotifierParts {
    Clock& clock;
    Log& log;
    Outbox& outbox;
    StatusBoard& board; // a pass's report is put there before its event is said
    ClientFactory make_client;
    std::string installation;
    Stop* stop = nullptr; // the whole process ends
};

class Notifier final {
public:
    // Listens from now on. All references outlive it.
    Notifier(NotifierParts parts, std::vector<Receiver> receivers);

    // Delivers until stopped, then ends within the deadline of an attempt; what was not delivered stays in the outbox.
    // What waits there for a receiver that the settings do not name any more is dropped.
    Task<void> run();
    void stop();

private:
    struct Heard {
        Event event;
        std::shared_ptr<const Report> report; // of the pass; null: it has none
    };
    void hear(const Event& event);
    Task<void> load();
    Task<void> take_in();
    Task<void> take(Heard heard);
    Task<void> keep(const std::string& unit, News news);
    std::vector<OutboxMessage> messages_of(const Notice& notice) const;
    bool works_again(const Heard& heard) const;
    void say_outbox_problem(const std::string& why);
    Task<void> forget(std::vector<std::int64_t> ids);

    NotifierParts parts_;
    std::vector<std::unique_ptr<Lane>> lanes_;
    std::deque<Heard> heard_;
    std::map<std::string, Told> told_;                                 // by unit
    std::map<std::string, std::shared_ptr<const Report>> last_report_; // by unit: what was taken in
    Waker waker_;
    bool overheard_ = false; // said: more happens than can be taken in
    bool outbox_broken_ = false;
    bool stopping_ = false;
    StatusBoard::Listener listener_;
    Stop::Listener stop_listener_;
};

} // namespace kedge
