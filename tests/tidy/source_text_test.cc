#include "tests/tidy/source_text.h"

#include <gtest/gtest.h>

namespace odradek::tidy {
namespace {

TEST(SourceText, BlanksCommentsAndStringsAndKeepsLines) {
  EXPECT_EQ(code_only("a // b\nc"), "a     \nc");
  EXPECT_EQ(code_only("a /* b\nb */ c"), "a     \n     c");
  EXPECT_EQ(code_only(R"(f("x\"//", '"', 1'000'000);)"), R"(f("     ", ' ', 1'000'000);)");
  EXPECT_EQ(code_only("x = R\"j(a\"b\n)j\" + y"), "x = R\"j(   \n)j\" + y");
  EXPECT_EQ(without_strings("\"a\" // b"), "\" \" // b");
  EXPECT_EQ(without_comments("\"//\" // b"), "\"//\"     ");
  EXPECT_EQ(code_only("\"open"), "\"    ");
  EXPECT_EQ(code_only("/* open"), "       ");
}

TEST(SourceText, FindsIncludesInQuotesOnly) {
  auto includes = quoted_includes("#include <vector>\n#include \"a/b.h\"\n// #include \"c.h\"\n");
  ASSERT_EQ(includes.size(), 1U);
  EXPECT_EQ(includes[0].target, "a/b.h");
  EXPECT_EQ(includes[0].line, 2U);
}

TEST(SourceText, FindsTheTree) {
  // Guards the other rules: they would all be content with no files.
  EXPECT_GT(source_tree(ODRADEK_SOURCE_DIR).size(), 50U);
}

}  // namespace
}  // namespace odradek::tidy
