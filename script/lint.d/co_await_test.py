"""What the co_await lint must find, and what it must leave alone."""
import unittest

import co_await


def lines(text):
    return [line for line, _ in co_await.check(text)]


def body(statement):
    return "Task<void> f() {\n    " + statement + "\n}\n"


class Finds(unittest.TestCase):
    def bad(self, statement, line=2):
        self.assertIn(line, lines(body(statement)), statement)

    def test_a_capturing_lambda_as_argument(self):
        self.bad("co_await run([x] { return x; });")
        self.bad("co_await run([&] { return x; });")
        self.bad("co_await run([=]() -> Task<int> { co_return x; });")
        self.bad("auto r = co_await worker.run([p = std::move(p)]() mutable { return p.go(); });")

    def test_a_capturing_lambda_called_or_beside_the_co_await(self):
        self.bad("co_await [s]() -> Task<void> { co_return; }();")
        self.bad("co_spawn(co_await this_coro::executor, [p = std::move(p)] { return p.run(); }, detached);")

    def test_an_aggregate_temporary(self):
        self.bad("co_await f(Options{.host = s});")
        self.bad("auto x = co_await client.send(HttpRequest{});")
        self.bad("co_await f(std::vector<std::string>{a, b});")
        self.bad("co_return co_await f(g(Options{s}), 1);")

    def test_a_braced_list(self):
        self.bad("co_await f({a, b});")
        self.bad("co_await f({.host = s});")
        self.bad("co_await f({});")

    def test_a_co_await_inside_an_initializer(self):
        self.bad("std::vector<int> v{co_await a(), co_await b()};")
        self.bad("Options o = {co_await host()};")
        self.bad("co_return Report{co_await run(), 1};")

    def test_in_conditions_and_loops(self):
        self.bad("if (co_await ask(Question{q})) { stop(); }")
        self.bad("for (const auto& row : co_await list(Page{1})) { use(row); }")
        self.bad("while (co_await next([&] { return 1; })) { go(); }")

    def test_behind_a_short_circuit(self):
        self.bad("if (ready() && !co_await f()) { stop(); }")
        self.bad("const bool both = a || co_await f();")

    def test_a_co_await_that_decides(self):
        self.bad("if (co_await ready()) stop();")
        self.bad("if (!co_await ready()) { stop(); }")
        self.bad("if (more && !co_await ready()) { stop(); }")
        self.bad("if (co_await count() == 1) { stop(); }")
        self.bad("while (co_await next()) { go(); }")
        self.bad("while (const bool more = co_await next()) { go(); }")
        self.bad("do { go(); } while (more && co_await next());")
        self.bad("for (; co_await next();) { go(); }")
        self.bad("switch (co_await count()) { default: break; }")
        self.bad("if (x) {\n        if (int i = 0; co_await f(i)) go();\n    }", line=3)

    def test_over_several_lines_at_the_line_of_the_value(self):
        self.bad("co_await f(\n        a,\n        Options{s});", line=4)

    def test_inside_a_lambda_that_is_a_coroutine(self):
        self.bad("auto work = [this]() -> Task<void> {\n        co_await f(Options{s});\n    };", line=3)


class LeavesAlone(unittest.TestCase):
    def good(self, statement):
        self.assertEqual(lines(body(statement)), [], statement)

    def test_the_house_form(self):
        self.good("Options options{.host = s};\n    co_await f(std::move(options));")
        self.good("auto work = [x] { return x; };\n    co_await run(std::move(work));")
        self.good("const std::vector<int> v{1, 2};\n    co_await f(v);")
        self.good("Options options = {1, 2};\n    co_await f(options);")

    def test_a_lambda_without_captures(self):
        self.good("co_await run([] { return 1; });")
        self.good("co_await run([](int a) { return a; });")

    def test_a_named_lambda_that_is_a_coroutine(self):
        self.good("auto work = [this]() -> Task<void> {\n        co_await f(x);\n        co_return;\n    };")
        self.good("auto work = [&](Page page) -> Task<void> { co_await f(std::move(page)); };\n    go(work);")

    def test_statements_after_and_before(self):
        self.good("co_await f(x);\n    g(Options{1});\n    h([&] { return 1; });")
        self.good("if (x) {\n        co_await f(x);\n    } else {\n        g({1, 2});\n    }")
        self.good("for (const auto& row : rows) { co_await f(row); }")
        self.good("const bool ready = co_await f(x);\n    if (ready) {\n        g(Options{1});\n    }")
        self.good("switch (x) {\n    case 1: {\n        co_await f(x);\n        break;\n    }\n    default: break;\n    }")

    def test_a_condition_that_was_named(self):
        self.good("if (const bool ready = co_await f(x)) { go(); }")
        self.good("if (const auto text = co_await f(x); !text.empty()) { go(); }")
        self.good("for (bool m = co_await f(x); m; m = co_await f(x)) { go(); }")
        self.good("for (const auto& row : co_await list(x)) { go(row); }")
        self.good("if (ready) answer = co_await f(x);")
        self.good("const int n = ready ? co_await f(x) : 0;")

    def test_comments_and_texts(self):
        self.good("// co_await f(Options{s});\n    g();")
        self.good('g("co_await f({a})");')
        self.good('/* co_await f({a}) */ co_await f("{a}");')
        self.good('co_await f(R"({"a": [1]})");')

    def test_subscripts_and_attributes(self):
        self.good("auto x = co_await f(list[i]);\n    auto y = list[i](co_await g());")
        self.good("[[maybe_unused]] auto x = co_await f(a);")

    def test_a_class_around(self):
        text = "class A final : public B {\npublic:\n    Task<void> f() override {\n        co_await g(x);\n    }\n    int y{1};\n};\n"
        self.assertEqual(lines(text), [])
        text = "A::A(int x) : x_{x}, y_{1} {}\nTask<void> A::f() const {\n    co_await g(x_);\n}\n"
        self.assertEqual(lines(text), [])
        text = "namespace a {\nstruct S {\n    int b = 0;\n};\nconst S kS{1};\nTask<int> f() { co_return co_await g(kS); }\n}\n"
        self.assertEqual(lines(text), [])

    def test_a_function_with_a_trailing_return_type(self):
        self.assertEqual(lines("auto f(int a) -> Task<void> {\n    co_await g(a);\n    h({1});\n}\n"), [])


if __name__ == "__main__":
    unittest.main()
