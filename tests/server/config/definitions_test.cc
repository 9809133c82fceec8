#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "server/config/broker_config.h"
#include "server/config/topic_config.h"

namespace odradek::config {
namespace {

struct Definition {
  std::string type, default_text, valid, importance, scope;
  bool internal = false;
};
using Definitions = std::map<std::string, Definition>;

// What the release itself prints; see the comment in the file.
Definitions read_definitions(const std::string& table) {
  std::ifstream file(std::string(ODRADEK_SOURCE_DIR) +
                     "/tests/server/config/data/definitions-3.9.1.tsv");
  Definitions definitions;
  for (std::string line; std::getline(file, line);) {
    auto parts = base::split(line, '\t');
    if (parts.size() != 8 || parts[0] != table) continue;
    definitions[std::string(parts[1])] = {std::string(parts[2]), std::string(parts[3]),
                                          std::string(parts[4]), std::string(parts[5]),
                                          std::string(parts[6]), parts[7] == "true"};
  }
  return definitions;
}

std::string described(const Validator& validator) {
  if (validator.kind() == Validator::Kind::kBrokerVersion) return "version";
  if (validator.kind() == Validator::Kind::kPoolSize) return "pool size";
  return validator.describe();
}

template <class C>
void expect_same(const ConfigKey<C>& key, const Definition& definition) {
  SCOPED_TRACE(std::string(key.name));
  EXPECT_EQ(config_type_name(key.type()), definition.type);
  std::string text = key.default_text == nullptr ? "-" : std::string("=") + key.default_text;
  EXPECT_EQ(text, definition.default_text);
  EXPECT_EQ(described(key.validator), definition.valid);
  EXPECT_EQ(importance_name(key.importance), definition.importance);
  EXPECT_FALSE(key.doc.empty());
  EXPECT_TRUE(key.doc.ends_with(".")) << key.doc;
}

bool is_kafkas(const ConfigKey<BrokerConfig>& key) {
  return key.standing != Standing::kOldRelease && key.standing != Standing::kDynamicOnly &&
         key.name != "offsets.storage" && key.name != "lone.leader.flush.enable" &&
         key.name != "unclean.restart.check.enable";
}

TEST(BrokerConfigKeys, AreThoseOfTheRelease) {
  Definitions definitions = read_definitions("broker");
  ASSERT_EQ(definitions.size(), 328u);
  std::size_t zookeeper_mode = 0;
  std::size_t all = 0;
  for (const auto* key : broker_config_keys()) {
    if (!is_kafkas(*key)) continue;
    ++all;
    auto found = definitions.find(std::string(key->name));
    ASSERT_NE(found, definitions.end()) << key->name;
    expect_same(*key, found->second);
    EXPECT_EQ(scope_name(key->scope), found->second.scope) << key->name;
    bool kraft = key->standing == Standing::kKraftOnly || key->standing == Standing::kKraftRefused;
    if (!kraft) ++zookeeper_mode;
  }
  EXPECT_EQ(all, 328u);
  EXPECT_EQ(zookeeper_mode, 268u);
}

TEST(BrokerConfigKeys, ReadEveryDefaultIntoTheirMember) {
  BrokerConfig config;
  for (const auto* key : broker_config_keys()) {
    auto value = value_text(key->member.in(config));
    if (!value || key->sensitive()) continue;
    EXPECT_EQ(*value, canonical_text(key->type(), key->default_value().value_or(""))) << key->name;
  }
}

// Two keys with one member would overwrite each other.
TEST(BrokerConfigKeys, HaveAMemberEach) {
  BrokerConfig config;
  std::map<ValuePointer, std::string_view> seen;
  for (const auto* key : broker_config_keys()) {
    ValuePointer member = key->member.in(config);
    if (member.index() == 0) continue;
    auto [at, first] = seen.emplace(member, key->name);
    EXPECT_TRUE(first) << key->name << " shares a member with " << at->second;
  }
}

TEST(TopicConfigKeys, AreThoseOfTheRelease) {
  Definitions definitions = read_definitions("topic");
  ASSERT_EQ(topic_config_keys().size(), 36u);
  ASSERT_EQ(definitions.size(), 36u);
  for (const auto& key : topic_config_keys()) {
    auto found = definitions.find(std::string(key.name));
    ASSERT_NE(found, definitions.end()) << key.name;
    expect_same(key, found->second);
  }
}

TEST(TopicConfigKeys, HaveTheDefaultsOfTheirBrokerKeys) {
  TopicConfig plain;
  auto from_broker = TopicConfig::build(BrokerConfig(), {});
  ASSERT_TRUE(from_broker.ok());
  for (const auto& key : topic_config_keys()) {
    EXPECT_EQ(value_text(key.member.in(plain)), value_text(key.member.in(*from_broker)))
        << key.name;
  }
}

TEST(TopicConfigKeys, NameBrokerKeysThatExist) {
  int without = 0;
  for (const auto& key : topic_config_keys()) {
    auto synonym = topic_broker_synonym(key.name);
    if (synonym.empty()) {
      ++without;
    } else {
      EXPECT_NE(find_broker_config_key(synonym), nullptr) << synonym;
    }
  }
  EXPECT_EQ(without, 5);  // two throttles and three of tiered storage
}

}  // namespace
}  // namespace odradek::config
