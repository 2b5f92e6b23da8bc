#include "main/settings_notify.h"

#include "main/settings_checks.h"
#include "main/settings_tables.h"
#include "main/settings_values.h"
#include "model/marker.h"

#include <optional>

namespace kedge {

namespace {

std::optional<Topic> topic_named(const std::string& name) {
    for (int i = 0; i <= static_cast<int>(last_topic); ++i) {
        if (to_text(static_cast<Topic>(i)) == name) return static_cast<Topic>(i);
    }
    return std::nullopt;
}

std::set<Topic> topics_of(SettingsReader& reader, const Json& mapping, const std::string& above) {
    std::set<Topic> topics;
    const auto list = mapping.find("on");
    if (list == mapping.end() || !list->is_array()) return topics;
    const auto pointer = above + "/on";
    if (list->empty())
        reader.error(pointer, "an empty list asks for nothing", "leave \"on\" out to be told everything");
    std::string all = "known here:";
    for (int i = 0; i <= static_cast<int>(last_topic); ++i) all += " " + std::string(to_text(static_cast<Topic>(i)));
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (!(*list)[i].is_string()) continue;
        const auto name = (*list)[i].get<std::string>();
        if (const auto topic = topic_named(name))
            topics.insert(*topic);
        else
            reader.error(pointer + "/" + std::to_string(i), "\"" + name + "\" is nothing that is told", all);
    }
    return topics;
}

CredentialSource credential_at(const Json& mapping, const std::string& key, const Resolve& resolve) {
    auto source = credential_of(mapping, key);
    if (source.scheme == "file") source.name = resolve(source.name);
    return source;
}

std::optional<ReceiverSettings> read_receiver(SettingsReader& reader, const std::string& pointer,
                                              const Resolve& resolve) {
    const auto* mapping = reader.mapping(pointer, notify_keys());
    if (mapping == nullptr) return std::nullopt;
    ReceiverSettings receiver;
    receiver.name = text_of(*mapping, "name");
    if (!receiver.name.empty() && !is_unit_name(receiver.name))
        reader.error(pointer + "/name", "a name may hold lower-case letters, digits and hyphens only, 32 at most");
    const auto kind = text_of(*mapping, "kind");
    receiver.kind = kind == "slack" ? ReceiverKind::slack : ReceiverKind::webhook;
    receiver.url = credential_at(*mapping, "url", resolve);
    receiver.secret = credential_at(*mapping, "secret", resolve);
    if (kind == "webhook" && !mapping->contains("secret"))
        reader.error(pointer, "\"secret\" is missing", "a webhook is signed: name the key that its receiver knows");
    if (kind == "slack" && mapping->contains("secret"))
        reader.error(pointer + "/secret", "\"secret\" goes with `kind: webhook` only",
                     "what Slack reads has no signature: its address is the secret");
    receiver.units = texts_of(*mapping, "units");
    check_globs(reader, pointer + "/units", receiver.units);
    const auto severity = text_of(*mapping, "severity");
    receiver.severity = severity == "error"     ? EventSeverity::error
                        : severity == "warning" ? EventSeverity::warning
                                                : EventSeverity::info;
    receiver.topics = topics_of(reader, *mapping, pointer);
    return receiver;
}

} // namespace

HistorySettings read_history(SettingsReader& reader, const Json& root, const Resolve& resolve) {
    HistorySettings history;
    if (!root.contains("history")) return history;
    const auto* mapping = reader.mapping("/history", history_keys());
    if (mapping == nullptr) return history;
    history.days = number_of(*mapping, "days", history.days);
    history.file = resolve(text_of(*mapping, "file"));
    return history;
}

std::vector<ReceiverSettings> read_notify(SettingsReader& reader, const Json& root, const Resolve& resolve) {
    std::vector<ReceiverSettings> receivers;
    const auto list = root.find("notify");
    if (list == root.end() || !list->is_array()) return receivers;
    std::set<std::string> names;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto pointer = "/notify/" + std::to_string(i);
        auto receiver = read_receiver(reader, pointer, resolve);
        if (!receiver) continue;
        if (!receiver->name.empty() && !names.insert(receiver->name).second)
            reader.error(pointer + "/name", "two receivers are named \"" + receiver->name + "\"");
        receivers.push_back(std::move(*receiver));
    }
    return receivers;
}

} // namespace kedge
