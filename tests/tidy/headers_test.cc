#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/tidy/source_text.h"

namespace odradek::tidy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// How many sentences end in a text; "e.g. x" and "3.9" end none.
int sentences_in(const std::string& text) {
  int sentences = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.' && text[i] != '?' && text[i] != '!') continue;
    bool last = i + 1 == text.size();
    bool next_starts = i + 2 < text.size() && text[i + 1] == ' ' &&
                       std::isupper(static_cast<unsigned char>(text[i + 2])) != 0;
    if (last || next_starts) ++sentences;
  }
  return sentences;
}

// The first lines: a comment of one sentence that says what the header is for, then the guard.
Violations check_header_start(const std::string& path, const std::string& text) {
  if (!is_header(path)) return {};
  auto lines = lines_of(text);
  std::string comment;
  std::size_t count = 0;
  while (count < lines.size() && lines[count].starts_with("// ")) {
    comment += (comment.empty() ? "" : " ") + lines[count++].substr(3);
  }
  Violations violations;
  if (comment.empty()) {
    violations.push_back(
        {path, 1, "The header does not start with a comment that says what it is for."});
  } else if (sentences_in(comment) != 1 || !comment.ends_with('.')) {
    violations.push_back({path, 1, "The header's first comment is not one sentence: " + comment});
  }
  if (count >= lines.size() || lines[count] != "#pragma once") {
    violations.push_back({path, count + 1, "#pragma once does not follow the first comment."});
  }
  return violations;
}

// Headers that make every file slow that includes them.
constexpr std::array<std::string_view, 6> kHeavy{"<boost/json.hpp>", "<boost/json/src.hpp>",
                                                 "<boost/beast",     "<boost/program_options",
                                                 "<librdkafka/",     "<zookeeper/"};

Violations check_light_headers(const std::string& path, const std::string& text) {
  if (!is_header(path) || is_test(path)) return {};
  Violations violations;
  auto lines = lines_of(without_comments(text));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::string_view heavy : kHeavy) {
      if (!lines[i].starts_with("#include " + std::string(heavy))) continue;
      violations.push_back({path, i + 1, lines[i] + " belongs into a .cc."});
    }
  }
  return violations;
}

using Exists = std::function<bool(const std::string& path)>;

Violations check_includes_from_the_root(const Exists& exists, const std::string& path,
                                        const std::string& text) {
  Violations violations;
  for (const Include& include : quoted_includes(text)) {
    bool from_root = include.target.find("..") == std::string::npos && exists(include.target);
    if (from_root) continue;
    violations.push_back({path, include.line,
                          "\"" + include.target + "\" is no path from the root of the project."});
  }
  return violations;
}

TEST(HeaderStartRule, FailsWithoutOneSentenceAndGuard) {
  EXPECT_THAT(check_header_start("a.h", "#pragma once\n"), SizeIs(1));
  EXPECT_THAT(check_header_start("a.h", "// Does x.\n\n#pragma once\n"), SizeIs(1));
  EXPECT_THAT(check_header_start("a.h", "// Does x.\n#ifndef A_H\n"), SizeIs(1));
  EXPECT_THAT(check_header_start("a.h", "// Does x\n#pragma once\n"), SizeIs(1));
  EXPECT_THAT(check_header_start("a.h", "// Does x. Does y.\n#pragma once\n"), SizeIs(1));
  EXPECT_THAT(check_header_start("a.h", ""), SizeIs(2));
  EXPECT_THAT(check_header_start("a.h", "// X: does x (since 3.9,\n// e.g. y).\n#pragma once\n"),
              IsEmpty());
  EXPECT_THAT(check_header_start("a.cc", "#include <vector>\n"), IsEmpty());
}

TEST(LightHeadersRule, FailsOnAHeavyIncludeInAHeader) {
  EXPECT_THAT(check_light_headers("zk/a.h", "#include <boost/json.hpp>\n"), SizeIs(1));
  EXPECT_THAT(check_light_headers("zk/a.h", "#include <zookeeper/zookeeper.h>\n"), SizeIs(1));
  EXPECT_THAT(check_light_headers("zk/a.h", "#include <boost/json/fwd.hpp>\n"), IsEmpty());
  EXPECT_THAT(check_light_headers("zk/a.cc", "#include <boost/json.hpp>\n"), IsEmpty());
}

TEST(IncludesRule, FailsOnARelativeOrUnknownPath) {
  auto exists = [](const std::string& path) { return path == "base/a.h"; };
  EXPECT_THAT(check_includes_from_the_root(exists, "base/b.cc", "#include \"a.h\"\n"), SizeIs(1));
  EXPECT_THAT(check_includes_from_the_root(exists, "base/b.cc", "#include \"../base/a.h\"\n"),
              SizeIs(1));
  EXPECT_THAT(check_includes_from_the_root(exists, "base/b.cc", "#include \"base/a.h\"\n"),
              IsEmpty());
}

TEST(SourceTree, StartsItsHeadersWithWhatTheyAreFor) {
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR, check_header_start), IsEmpty());
}

TEST(SourceTree, KeepsItsHeadersLight) {
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR, check_light_headers), IsEmpty());
}

TEST(SourceTree, IncludesFromTheRoot) {
  auto exists = [](const std::string& path) {
    return std::filesystem::exists(std::string(ODRADEK_SOURCE_DIR) + "/" + path);
  };
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR,
                         [&](const std::string& path, const std::string& text) {
                           return check_includes_from_the_root(exists, path, text);
                         }),
              IsEmpty());
}

}  // namespace
}  // namespace odradek::tidy
