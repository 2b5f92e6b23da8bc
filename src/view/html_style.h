// The style sheet of every page: readable on a phone, by day and by night. For html.cpp only.
#pragma once
#include <string_view>

namespace kedge::html {

inline constexpr std::string_view style_sheet = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #fff; --ink: #1b1f24; --faint: #59636e; --line: #d5dae0; --code: #eef1f4; --link: #0a58ca;
  --good: #1a7f37; --good-back: #e6f6ea; --warn: #8a5a00; --warn-back: #fff4d9; --bad: #b42318; --bad-back: #fdeceb;
  --wait: #3d5a80; --wait-back: #e8eff7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1317; --card: #171c22; --ink: #e4e8ec; --faint: #9aa5b1; --line: #2e3640; --code: #222932; --link: #79b8ff;
    --good: #57c878; --good-back: #12291a; --warn: #e8b64c; --warn-back: #2e2510; --bad: #ff8a80; --bad-back: #331816;
    --wait: #9cc0e7; --wait-back: #16222f;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 62rem; padding: 1rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
header { padding: .25rem 0 .75rem; }
header p { margin: 0; color: var(--faint); }
h1 { margin: .15rem 0; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 .6rem; font-size: 1.1rem; }
h3 { margin: 1.25rem 0 .5rem; font-size: 1rem; }
a { color: var(--link); }
p { margin-top: .5rem; margin-bottom: .5rem; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .875em; }
code { padding: .1em .3em; border-radius: 4px; background: var(--code); }
pre {
  margin: .5rem 0; padding: .6rem .75rem; border-radius: 6px; background: var(--code);
  white-space: pre-wrap; user-select: all;
}
.source { white-space: pre; overflow-x: auto; user-select: auto; }
ul { margin-top: .5rem; margin-bottom: .5rem; padding-left: 1.25rem; }
li { margin: .2rem 0; }
.card, details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
.card { padding: .75rem 1rem; }
.verdict { border-width: 1px 1px 1px 6px; padding: .9rem 1rem; }
.verdict h2 { margin: 0; font-size: 1.25rem; line-height: 1.3; }
.good { border-color: var(--good); background: var(--good-back); }
.warn { border-color: var(--warn); background: var(--warn-back); }
.bad { border-color: var(--bad); background: var(--bad-back); }
.wait { border-color: var(--wait); background: var(--wait-back); }
.verdict.good h2 { color: var(--good); }
.verdict.warn h2 { color: var(--warn); }
.verdict.bad h2 { color: var(--bad); }
.verdict.wait h2 { color: var(--wait); }
.verdict code, .verdict pre { background: var(--card); }
.faint { color: var(--faint); }
summary { padding: .6rem .9rem; cursor: pointer; border-radius: 8px; }
summary:hover { background: var(--code); }
summary:focus-visible { outline: 2px solid var(--link); }
details[open] > summary { border-bottom: 1px solid var(--line); border-radius: 8px 8px 0 0; }
details > :not(summary) { margin-left: .9rem; margin-right: .9rem; }
.tag {
  display: inline-block; min-width: 4.6em; padding: 0 .5em; border: 1px solid currentColor; border-radius: 999px;
  font-size: .8rem; font-weight: 600; text-align: center; color: var(--faint);
}
.tag.good { color: var(--good); } .tag.warn { color: var(--warn); } .tag.bad { color: var(--bad); }
.at { color: var(--faint); font-size: .875rem; }
.note { margin-top: .6rem; margin-bottom: .6rem; padding: .5rem .75rem; border-style: solid; border-width: 0 0 0 4px; border-radius: 4px; }
dl {
  display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin-top: .6rem; margin-bottom: .6rem;
  font-size: .925rem;
}
dt { color: var(--faint); }
dd { margin: 0; }
.diff { margin-top: .75rem; margin-bottom: .9rem; border: 1px solid var(--line); border-radius: 6px; overflow: hidden; }
.diff div { padding: .15rem .75rem; font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.diff .path { background: var(--code); font-weight: 600; }
.diff div + .path { border-top: 1px solid var(--line); }
.diff .old { background: var(--bad-back); color: var(--bad); }
.diff .new { background: var(--good-back); color: var(--good); }
.diff .say { color: var(--faint); font-family: inherit; }
.sign { display: inline-block; width: 1.2em; user-select: none; }
footer { margin-top: 2rem; padding-top: .75rem; border-top: 1px solid var(--line); color: var(--faint); font-size: .875rem; }
@media (max-width: 36rem) {
  body { padding: .75rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .35rem; }
}
@media print { body { max-width: none; background: none; } }
)css";

} // namespace kedge::html
