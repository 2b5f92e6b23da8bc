// The command line as values. Parsing is CLI11's; what the words mean is decided here and nowhere else.
#pragma once
#include "base/duration.h"

#include <optional>
#include <string>
#include <vector>

namespace kedge {

enum class Output { text, json, markdown, jsonl };

enum class Verb {
    none,
    validate,
    plan,
    preview,
    apply,
    show,
    explain,
    holds,
    history,
    run,
    release,
    adopt,
    disown,
    rollback,
    resume,
    status,
    sync,
    pause,
    freeze,
    wait,
    events,
    version,
    schema,
    store,
};

struct Options {
    Verb verb = Verb::none;

    // what to work on
    std::string path;               // a folder or file of manifests instead of settings
    std::string settings;           // file; empty: ./kedge.yaml where no path is given
    std::vector<std::string> units; // names; empty: all of the settings
    std::string url;                // with a path: base URL (TFY_HOST)
    std::string token_file;         // with a path: file with the token instead of TFY_API_KEY
    std::string installation;
    std::string unit;
    std::string store;
    bool allow_insecure = false;
    bool private_urls = false;

    // how
    Output output = Output::text;
    bool no_color = false;
    bool quiet = false;
    std::string log_format = "human";
    bool detailed_exitcode = false;
    std::string rehearse; // always, updates, never; empty: as the settings say
    bool yes = false;
    std::optional<Milliseconds> prune_delay;
    std::vector<std::string> release_digests; // apply --release
    bool fail_on_warnings = false;
    std::vector<std::string> only_names; // globs: a part of the unit
    std::vector<std::string> only_types;
    std::vector<std::string> only_files;
    std::string out;        // plan --out: file to save the plan to
    std::string saved_plan; // show, apply: file that a plan was saved to

    // explain, adopt, history: a registration; rollback: a commit; resume, pause, status, sync, wait: a unit
    std::string name;
    std::string id;
    bool mark = false;
    std::string commit;
    int most = 0;      // history: how many passes; 0: as many as such a question usually wants
    std::string since; // history: points in time (see moment.h); empty: not asked for
    std::string until;
    std::string by;

    // release
    std::string digest;
    std::string because;
    int at_most = 0;

    // a running kedge (with token_file and allow_insecure of above)
    std::string daemon;                  // URL, or path of its socket; empty: as environment or settings say
    std::string ca_file;                 // of its certificate
    std::string resource;                // pause, resume: one registration
    std::string freeze;                  // freeze, resume: its name
    std::optional<Milliseconds> lasting; // pause, freeze: so long; or up to `until`
    std::optional<Milliseconds> timeout; // wait
    bool wait = false;                   // sync
    bool follow = false;                 // events

    // preview
    int number = 0;         // of the pull request, asked of a daemon; 0: plan what is checked out
    std::string repository; // as the forge calls it
    std::string base;       // commit or branch that the head goes into
    std::string head;       // commit or branch
    std::string checkout;   // with settings: folder that holds the merge result, instead of one of the sources
    std::string source;     // which one
    std::string summary;    // file that the Markdown is added to
    bool annotate = false;  // what has to be mended, as workflow commands

    // disown
    bool all = false;
    std::vector<std::string> names;

    std::string store_deed;  // store: check, backup, restore or migrate
    std::string copy;        // its folder
    std::string schema_kind; // manifest, settings, plan, ...
};

struct ParsedOptions {
    Options options;
    std::optional<int> exit_code; // set: help or a usage error was shown, end with this
    std::string text;             // what to show
};

// `arguments` without the program's name. `environment` is not read here: wiring does that.
ParsedOptions parse_options(const std::vector<std::string>& arguments);

} // namespace kedge
