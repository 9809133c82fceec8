#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tidy/source_text.h"

namespace odradek::tidy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

// A folder includes itself and what stands before it here.
constexpr std::array<std::string_view, 26> kLayers{
    "base",
    "protocol/wire",
    "protocol/record",
    "protocol/messages",
    "protocol/internal",
    "zk/client",
    "zk/data",
    "zk/store",
    "server/config",
    "server/purgatory",
    "server/security",
    "server/quota",
    "server/network",
    "server/client",
    "server/log",
    "server/metadata",
    "server/replica",
    "server/group",
    "server/transaction",
    "server/controller",
    "server/admin",
    "server/api",
    "server/http",
    "server/broker",
    "server/main",
    "tools",
};

// What the order would allow, but must not be.
bool is_barred(std::string_view from, std::string_view to) {
  if (to == "server/broker" && from != "server/main") return true;
  if (from == "server/log" && to == "server/network") return true;
  if (from == "server/network" && to == "server/log") return true;
  if (from == "server/replica" && to == "server/network") return true;
  if (from == "server/controller") {
    return to == "server/replica" || to == "server/group" || to == "server/transaction";
  }
  // server/client takes its TLS and SASL settings in the types of server/security.
  if (from == "tools") {
    return to.starts_with("server/") && to != "server/client" && to != "server/config" &&
           to != "server/security" && to != "server/admin";
  }
  return false;
}

std::size_t rank_of(std::string_view layer) {
  return static_cast<std::size_t>(std::find(kLayers.begin(), kLayers.end(), layer) -
                                  kLayers.begin());
}

// The layer of a file, sub-folders included; nothing when it is in none.
std::optional<std::string_view> layer_of(std::string_view path) {
  if (path == "server/main.cc") return "server/main";
  // protocol/types.h and errors.h are built into protocol/wire.
  if (path.starts_with("protocol/") && path.find('/', 9) == std::string_view::npos) {
    return "protocol/wire";
  }
  for (std::string_view layer : kLayers) {
    if (path.starts_with(std::string(layer) + "/")) return layer;
  }
  return std::nullopt;
}

bool may_use(std::string_view from, std::string_view to) {
  return from == to || (rank_of(to) < rank_of(from) && !is_barred(from, to));
}

Violations check_layers(const std::string& path, const std::string& text) {
  if (is_test(path)) return {};
  auto from = layer_of(path);
  if (!from) return {{path, 1, "This file's folder is not in the list of layers."}};
  Violations violations;
  for (const Include& include : quoted_includes(text)) {
    auto to = layer_of(include.target);
    if (to && may_use(*from, *to)) continue;
    violations.push_back(
        {path, include.line, std::string(*from) + " must not include " + include.target + "."});
  }
  return violations;
}

// Folder -> the folders on its link list in CMakeLists.txt.
std::map<std::string, std::set<std::string>> link_lists(std::string_view cmake) {
  std::map<std::string, std::set<std::string>> lists;
  constexpr std::string_view kCall = "\nodradek_library(";
  for (std::size_t at = cmake.find(kCall); at != std::string_view::npos;
       at = cmake.find(kCall, at + 1)) {
    std::size_t begin = at + kCall.size();
    std::istringstream words(std::string(cmake.substr(begin, cmake.find(')', begin) - begin)));
    std::string folder;
    words >> folder;
    auto& list = lists[folder];
    bool deps = false;
    for (std::string word; words >> word;) {
      if (word == "DEPS" || word == "LIBS" || word == "ALSO") {
        deps = word == "DEPS";
      } else if (deps) {
        list.insert(word);
      }
    }
  }
  return lists;
}

Violations check_link_lists(const std::string& path, const std::string& cmake) {
  Violations violations;
  for (const auto& [folder, list] : link_lists(cmake)) {
    if (rank_of(folder) == kLayers.size()) {
      violations.push_back({path, 0, folder + " is not in the list of layers."});
    }
    for (const std::string& used : list) {
      if (rank_of(used) < kLayers.size() && may_use(folder, used)) continue;
      violations.push_back({path, 0, folder + " must not link " + used + "."});
    }
  }
  return violations;
}

using LinkLists = std::map<std::string, std::set<std::string>>;

void add_reachable(const LinkLists& lists, const std::string& folder, std::set<std::string>& seen) {
  if (!seen.insert(folder).second) return;
  auto found = lists.find(folder);
  if (found == lists.end()) return;
  for (const std::string& used : found->second) add_reachable(lists, used, seen);
}

// Headers alone would compile without being linked; then the link list would not tell the truth.
Violations check_includes_are_linked(const LinkLists& lists, const std::string& path,
                                     const std::string& text) {
  auto from = layer_of(path);
  if (is_test(path) || !from || !lists.contains(std::string(*from))) return {};
  std::set<std::string> reachable;
  add_reachable(lists, std::string(*from), reachable);
  Violations violations;
  for (const Include& include : quoted_includes(text)) {
    auto to = layer_of(include.target);
    if (!to || reachable.contains(std::string(*to))) continue;
    violations.push_back({path, include.line,
                          std::string(*from) + " includes " + include.target +
                              " but does not link " + std::string(*to) + "."});
  }
  return violations;
}

TEST(LayersRule, FailsOnAnIncludeUpwards) {
  EXPECT_THAT(check_layers("base/a.h", "#include \"protocol/types.h\"\n"), SizeIs(1));
  EXPECT_THAT(check_layers("protocol/wire/a.cc", "#include \"protocol/record/batch.h\"\n"),
              SizeIs(1));
  EXPECT_THAT(check_layers("zk/store/a.cc", "#include \"server/config/x.h\"\n"), SizeIs(1));
  EXPECT_THAT(check_layers("server/new/a.cc", ""), SizeIs(1));
  EXPECT_THAT(check_layers("server/log/a.cc", "#include \"segment.h\"\n"), SizeIs(1));
}

TEST(LayersRule, FailsOnWhatOrderAloneWouldAllow) {
  EXPECT_THAT(check_layers("server/log/a.cc", "#include \"server/network/b.h\"\n"), SizeIs(1));
  EXPECT_THAT(check_layers("server/network/a.cc", "#include \"server/log/b.h\"\n"), SizeIs(1));
  EXPECT_THAT(check_layers("server/controller/a.cc", "#include \"server/replica/b.h\"\n"),
              SizeIs(1));
  EXPECT_THAT(check_layers("server/controller/a.cc", "#include \"server/group/b.h\"\n"), SizeIs(1));
  EXPECT_THAT(check_layers("server/controller/a.cc", "#include \"server/transaction/b.h\"\n"),
              SizeIs(1));
  EXPECT_THAT(check_layers("tools/a.cc", "#include \"server/broker/broker.h\"\n"), SizeIs(1));
  EXPECT_THAT(check_layers("tools/a.cc", "#include \"server/log/log.h\"\n"), SizeIs(1));
}

TEST(LayersRule, AllowsDownwards) {
  EXPECT_THAT(check_layers("server/main.cc", "#include \"server/broker/broker.h\"\n"), IsEmpty());
  EXPECT_THAT(check_layers("server/log/cleaner/a.cc",
                           "#include \"server/log/log.h\"\n#include \"base/file.h\"\n"),
              IsEmpty());
  EXPECT_THAT(check_layers("server/api/a.cc",
                           "#include \"server/network/b.h\"\n#include \"server/log/c.h\"\n"),
              IsEmpty());
  EXPECT_THAT(check_layers("tools/a.cc", "#include \"server/client/b.h\"\n"), IsEmpty());
  EXPECT_THAT(check_layers("base/metrics/a.cc", "#include \"base/clock.h\"\n"), IsEmpty());
}

TEST(LinkListsRule, FailsOnAListAgainstTheOrder) {
  const std::string kBroken =
      "\nodradek_library(zk/client DEPS base server/log LIBS zookeeper_mt)\n"
      "odradek_library(server/log ALSO server/log/cleaner DEPS\n  server/network)\n"
      "odradek_library(server/unheard)\n";
  EXPECT_THAT(check_link_lists("CMakeLists.txt", kBroken), SizeIs(3));
  EXPECT_THAT(check_link_lists("c", "\nodradek_library(zk/store DEPS zk/client LIBS x)\n"),
              IsEmpty());
}

TEST(LinkListsRule, FailsOnAnIncludeThatIsNotLinked) {
  LinkLists lists{{"zk/store", {"zk/client"}}, {"zk/client", {"base"}}};
  EXPECT_THAT(check_includes_are_linked(lists, "zk/store/a.cc", "#include \"zk/data/b.h\"\n"),
              SizeIs(1));
  EXPECT_THAT(check_includes_are_linked(lists, "zk/store/a.cc", "#include \"base/b.h\"\n"),
              IsEmpty());
}

TEST(SourceTree, KeepsItsLayers) {
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR, check_layers), IsEmpty());
}

TEST(SourceTree, LinksByItsLayersWhatItIncludes) {
  std::string cmake = read_text(std::string(ODRADEK_SOURCE_DIR) + "/CMakeLists.txt");
  EXPECT_THAT(check_link_lists("CMakeLists.txt", cmake), IsEmpty());
  LinkLists lists = link_lists(cmake);
  EXPECT_GT(lists.size(), 15U);
  EXPECT_THAT(check_tree(ODRADEK_SOURCE_DIR,
                         [&](const std::string& path, const std::string& text) {
                           return check_includes_are_linked(lists, path, text);
                         }),
              IsEmpty());
}

}  // namespace
}  // namespace odradek::tidy
