#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "tests/tidy/source_text.h"

namespace odradek::tidy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::size_t kMostSourceLines = 500;
constexpr std::size_t kMostHeaderLines = 300;
constexpr std::size_t kMostFunctionLines = 70;

// The list of messages that a codecs file instantiates is as long as the protocol.
bool is_exempt(std::string_view path) {
  return is_test(path) || path.find("/codecs_") != std::string_view::npos;
}

Violations check_file_size(const std::string& path, const std::string& text) {
  if (is_exempt(path)) return {};
  std::size_t lines = lines_of(text).size();
  std::size_t most = is_header(path) ? kMostHeaderLines : kMostSourceLines;
  if (lines <= most) return {};
  return {{path, lines,
           std::to_string(lines) + " lines; at most " + std::to_string(most) +
               ". Split it into several objects."}};
}

// Finds functions by their braces: a '{' after something with parentheses, directly within a
// namespace or type.
class FunctionScanner {
 public:
  struct Function {
    std::size_t first_line;
    std::size_t last_line;
  };

  explicit FunctionScanner(std::string code) : code_(std::move(code)) {}

  std::vector<Function> run() {
    for (std::size_t at = 0; at < code_.size(); ++at) {
      char c = code_[at];
      if (c == '\n') ++line_;
      if (c == '#' && head_.find_first_not_of(" \n") == std::string::npos) {
        at = skip_directive(at);
      } else if (c == '{') {
        open();
      } else if (c == '}') {
        close();
      } else if (c == ';') {
        head_.clear();
      } else {
        head_ += c;
      }
    }
    return std::move(functions_);
  }

 private:
  enum class Kind { kContainer, kFunction, kOther };
  struct Brace {
    Kind kind;
    std::size_t line;
  };

  std::size_t skip_directive(std::size_t at) {
    while (at < code_.size() && code_[at] != '\n') {
      if (code_[at] == '\\' && at + 1 < code_.size() && code_[at + 1] == '\n') {
        ++line_;
        ++at;
      }
      ++at;
    }
    ++line_;
    return at;
  }
  void open() {
    bool outside = braces_.empty() || braces_.back().kind == Kind::kContainer;
    Kind kind = Kind::kOther;
    if (outside && is_container()) kind = Kind::kContainer;
    if (outside && kind == Kind::kOther && is_function()) kind = Kind::kFunction;
    braces_.push_back({kind, line_});
    if (kind != Kind::kOther) head_.clear();
  }
  void close() {
    if (braces_.empty()) return;
    Brace brace = braces_.back();
    braces_.pop_back();
    if (brace.kind == Kind::kFunction) functions_.push_back({brace.line, line_});
    if (brace.kind != Kind::kOther) head_.clear();
  }
  bool has_word(std::string_view word) const {
    for (std::size_t at = head_.find(word); at != std::string::npos;
         at = head_.find(word, at + 1)) {
      bool before = at == 0 || !is_letter(head_[at - 1]);
      bool after = at + word.size() >= head_.size() || !is_letter(head_[at + word.size()]);
      if (before && after) return true;
    }
    return false;
  }
  static bool is_letter(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  }
  // The head without access labels and template parameters before it.
  std::string_view declaration() const {
    std::string_view rest = head_;
    while (true) {
      rest.remove_prefix(std::min(rest.find_first_not_of(" \n"), rest.size()));
      if (rest.starts_with("template")) {
        rest.remove_prefix(end_of_template(rest));
      } else if (rest.starts_with("public:") || rest.starts_with("private:") ||
                 rest.starts_with("protected:")) {
        rest.remove_prefix(rest.find(':') + 1);
      } else {
        return rest;
      }
    }
  }
  static std::size_t end_of_template(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '<') ++depth;
      if (text[i] == '>' && --depth == 0) return i + 1;
    }
    return text.size();
  }
  bool is_container() const {
    if (has_word("namespace") || has_word("extern")) return true;
    std::string_view rest = declaration();
    // A function may return "struct x", then its head ends with its parameters.
    if (rest.substr(0, rest.find_last_not_of(" \n") + 1).ends_with(')')) return false;
    for (std::string_view word : {"class ", "struct ", "union ", "enum "}) {
      if (rest.starts_with(word)) return true;
    }
    return false;
  }
  bool is_function() const {
    int depth = 0;
    bool parameters = false;
    for (char c : declaration()) {
      if (c == '(') {
        ++depth;
        parameters = true;
      }
      if (c == ')') --depth;
      // A table, not a body. Operators and default arguments have their '=' elsewhere.
      if (c == '=' && depth == 0 && head_.find("operator") == std::string::npos) {
        return false;
      }
    }
    return parameters && depth == 0;
  }

  std::string code_;
  std::string head_;  // what stands before the next brace
  std::size_t line_ = 1;
  std::vector<Brace> braces_;
  std::vector<Function> functions_;
};

Violations check_function_size(const std::string& path, const std::string& text) {
  if (is_exempt(path)) return {};
  Violations violations;
  for (auto function : FunctionScanner(code_only(text)).run()) {
    std::size_t lines = function.last_line - function.first_line + 1;
    if (lines <= kMostFunctionLines) continue;
    violations.push_back({path, function.first_line,
                          "A function of " + std::to_string(lines) + " lines; at most " +
                              std::to_string(kMostFunctionLines) + "."});
  }
  return violations;
}

std::string repeated(std::size_t times, const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST(FileSizeRule, FailsOnLongFiles) {
  EXPECT_THAT(check_file_size("base/a.cc", repeated(501, "x\n")), SizeIs(1));
  EXPECT_THAT(check_file_size("base/a.cc", repeated(500, "x\n")), IsEmpty());
  EXPECT_THAT(check_file_size("base/a.h", repeated(301, "x\n")), SizeIs(1));
  EXPECT_THAT(check_file_size("base/a.h", repeated(300, "x\n")), IsEmpty());
  EXPECT_THAT(check_file_size("tests/base/a_test.cc", repeated(2'000, "x\n")), IsEmpty());
  EXPECT_THAT(check_file_size("protocol/messages/codecs_x.cc", repeated(501, "x\n")), IsEmpty());
}

TEST(FunctionSizeRule, FailsOnLongFunctionsWhereverTheyStand) {
  const std::string kLong = repeated(70, "  x();\n");
  for (const std::string start :
       {"void f(int a) {\n", "namespace a {\nint f() const {\n", "struct S {\n  S() : a_(1) {\n",
        "namespace a {\nclass C : public D {\n  bool operator==(const C& c) const {\n",
        "template <class T>\nauto f(T t, int x = 3) -> int {\n",
        "class A {\n public:\n  struct B : C<const D> {\n  private:\n  template <class T = A<B>>\n "
        " void f() {\n",
        "#define X {\nstatic std::vector<int> f(const struct stat& s) {\n",
        "constexpr int kTable[] = {1, 2};\nvoid f() noexcept {\n"}) {
    EXPECT_THAT(check_function_size("base/a.cc", start + kLong + "}\n"), SizeIs(1)) << start;
  }
}

TEST(FunctionSizeRule, AllowsLongTablesTypesAndShortFunctions) {
  const std::string kLong = repeated(100, "  {f(1), 2},\n");
  EXPECT_THAT(check_function_size("base/a.cc", "const Row kRows[] = {\n" + kLong + "};\n"),
              IsEmpty());
  EXPECT_THAT(check_function_size("base/a.cc", "enum class E : int {\n" + kLong + "};\n"),
              IsEmpty());
  EXPECT_THAT(
      check_function_size("base/a.cc", "namespace a {\n" + repeated(100, "void f() {}\n") + "}\n"),
      IsEmpty());
  EXPECT_THAT(
      check_function_size("base/a.cc",
                          "struct S {\n" + repeated(100, "  int f() {\n return 1;\n }\n") + "};\n"),
      IsEmpty());
  EXPECT_THAT(check_function_size("base/a.cc", "void f() {\n" + repeated(68, "  x();\n") + "}\n"),
              IsEmpty());
}

TEST(SourceTree, KeepsItsFilesSmall) {
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR, check_file_size), IsEmpty());
}

TEST(SourceTree, KeepsItsFunctionsSmall) {
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR, check_function_size), IsEmpty());
}

}  // namespace
}  // namespace odradek::tidy
