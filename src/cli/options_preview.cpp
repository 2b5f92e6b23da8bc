// What `kedge preview` takes beside what other commands take as well.
#include "cli/option_parts.h"

namespace kedge {

namespace {

void check(const Options& options) {
    if (options.number > 0 && !options.path.empty())
        throw CLI::ValidationError("--number", "a running kedge plans what is in git, not a PATH");
    if (!options.path.empty() && !options.checkout.empty())
        throw CLI::ValidationError("--checkout", "it goes with settings; a PATH says itself where manifests are");
}

} // namespace

void add_preview(CLI::App& command, Options& options) {
    command.add_option("--number", options.number, "the pull request that a running kedge is asked for (KEDGE_DAEMON)")
        ->type_name("N")
        ->check(CLI::PositiveNumber.description(""));
    command.add_option("--repository", options.repository, "its repository as the forge calls it, as in owner/name")
        ->type_name("NAME");
    command.add_option("--base", options.base, "what it goes into: a branch or a commit, for people")->type_name("REF");
    command
        .add_option("--head", options.head, "its head; a commit: a running kedge is asked for the preview of that one")
        ->type_name("REF");
    command
        .add_option("--checkout", options.checkout,
                    "with settings: folder that holds the merge result, read instead of a source (default .)")
        ->type_name("DIR");
    command.add_option("--source", options.source, "with settings: the source that is checked out there")
        ->type_name("NAME");
    command.add_option("--summary", options.summary, "file that the preview is added to, as in $GITHUB_STEP_SUMMARY")
        ->type_name("FILE");
    command.add_flag("--annotations", options.annotate,
                     "print what has to be mended as workflow commands of GitHub, Gitea and Forgejo");
    add_duration(command, options.timeout, "--timeout", "how long to wait for a running kedge (default 2m)");
    command.add_option("-o,--output", options.output, "markdown (as in the pull request) or json")
        ->transform(CLI::CheckedTransformer(
                        std::map<std::string, Output>{{"markdown", Output::markdown}, {"json", Output::json}})
                        .description(""))
        ->type_name("FORMAT");
    command.add_flag("-q,--quiet", options.quiet, "no progress on standard error");
    command.callback([&options] {
        check(options);
        options.verb = Verb::preview;
    });
}

} // namespace kedge
