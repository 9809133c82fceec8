#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/regex.h"
#include "tests/tidy/source_text.h"

namespace odradek::tidy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

using Names = std::set<std::string>;

constexpr char kTablePath[] = "server/api/api_table.cc";
constexpr char kHandlersPath[] = "server/api/apis.h";

Names matches(const std::string& text, const base::Regex& pattern) {
  Names names;
  auto found = pattern.find_all(text);
  for (const base::Regex::Match& match : *found) names.emplace(match[1]);
  return names;
}

// The names that stand in rows: api<produce>(...).
Names rows_of(const std::string& table) {
  return matches(code_only(table), base::Regex(R"(\bapi<(\w+)>\()"));
}

// The handlers that are declared: void produce(Services& ...
Names handlers_of(const std::string& header) {
  return matches(code_only(header), base::Regex(R"(\bvoid\s+(\w+)\(\s*Services&)"));
}

struct ApiFolder {
  Names sources;   // server/api/<name>.cc
  Names messages;  // protocol/messages/<name>.h
  std::string table;
  std::string handlers;
};

// Rows, handlers, handler files and message headers name the same APIs. A source without a message
// of its name is no handler file.
Violations check_api_rows(const ApiFolder& folder) {
  Names rows = rows_of(folder.table);
  Names handlers = handlers_of(folder.handlers);
  Names handler_files;
  for (const std::string& source : folder.sources) {
    if (folder.messages.contains(source)) handler_files.insert(source);
  }
  Violations violations;
  if (folder.table.empty() && !handler_files.empty()) {
    violations.push_back(
        {kTablePath, 0, "The table of APIs is missing although server/api has handler files."});
    return violations;
  }
  for (const std::string& row : rows) {
    if (!folder.sources.contains(row)) {
      violations.push_back(
          {kTablePath, 0, "Row " + row + " has no file server/api/" + row + ".cc."});
    }
    if (!folder.messages.contains(row)) {
      violations.push_back(
          {kTablePath, 0, "Row " + row + " has no header protocol/messages/" + row + ".h."});
    }
  }
  for (const std::string& file : handler_files) {
    if (rows.contains(file)) continue;
    violations.push_back({"server/api/" + file + ".cc", 1,
                          "This handler has no row in " + std::string(kTablePath) + "."});
  }
  for (const std::string& handler : handlers) {
    if (rows.contains(handler)) continue;
    violations.push_back(
        {kHandlersPath, 0,
         "Handler " + handler + " has no row in " + std::string(kTablePath) + "."});
  }
  return violations;
}

ApiFolder api_folder(const std::string& root) {
  ApiFolder folder;
  const std::string kSources = "server/api/";
  const std::string kMessages = "protocol/messages/";
  for (const SourceFile& file : source_tree(root)) {
    std::string name = file.path.substr(file.path.find_last_of('/') + 1);
    name = name.substr(0, name.find('.'));
    if (file.path == kSources + name + ".cc") folder.sources.insert(name);
    if (file.path == kMessages + name + ".h") folder.messages.insert(name);
  }
  folder.table = read_text(root + "/" + kTablePath);
  folder.handlers = read_text(root + "/" + kHandlersPath);
  return folder;
}

ApiFolder good_folder() {
  return {
      .sources = {"produce", "fetch", "api_table", "fetch_answer"},
      .messages = {"produce", "fetch", "sasl_handshake"},
      .table =
          "constexpr ApiRow kTable[] = {\n    api<produce>(),\n    api<fetch>(Runs::kInline),\n};",
      .handlers = "void produce(Services& s, C c);\nvoid fetch(\n    Services& s, C c);\n"};
}

TEST(ApiRowsRule, IsContentWhenAllAgree) { EXPECT_THAT(check_api_rows(good_folder()), IsEmpty()); }

TEST(ApiRowsRule, FailsOnARowWithoutFileOrMessage) {
  ApiFolder folder = good_folder();
  folder.sources.erase("produce");
  EXPECT_THAT(check_api_rows(folder), SizeIs(1));
  folder.messages.erase("produce");
  EXPECT_THAT(check_api_rows(folder), SizeIs(2));
}

TEST(ApiRowsRule, FailsOnAHandlerWithoutRow) {
  ApiFolder folder = good_folder();
  folder.table = "{api<produce>(), // api<fetch>()\n}";
  EXPECT_THAT(check_api_rows(folder), SizeIs(2)) << "the file and the declaration";
}

TEST(ApiRowsRule, FailsWithoutATableOnceThereAreHandlers) {
  ApiFolder folder = good_folder();
  folder.table = "";
  EXPECT_THAT(check_api_rows(folder), SizeIs(1));
  folder.sources.clear();
  folder.handlers = "";
  EXPECT_THAT(check_api_rows(folder), IsEmpty());
}

TEST(SourceTree, HasAHandlerFileAndAMessageForEachApiRow) {
  EXPECT_THAT(check_api_rows(api_folder(ODRADEK_SOURCE_DIR)), IsEmpty());
}

}  // namespace
}  // namespace odradek::tidy
