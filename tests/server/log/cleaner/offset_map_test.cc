#include "server/log/cleaner/offset_map.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/random.h"

namespace odradek::log {
namespace {

constexpr std::int64_t kMany = 1 << 20;

TEST(OffsetMap, KeepsTheLastOffsetOfEachKey) {
  OffsetMap map(24 * 10'000, 0.9);
  ASSERT_TRUE(map.begin(kMany, {1, 2}));
  std::map<std::string, protocol::Offset> model;
  base::Random random(7);
  for (protocol::Offset offset = 0; offset < 50'000; ++offset) {
    std::string key = std::to_string(random.below(8000));
    ASSERT_TRUE(map.put(base::as_bytes(key), offset));
    model[key] = offset;
  }
  EXPECT_EQ(map.size(), model.size());
  for (const auto& [key, offset] : model) EXPECT_EQ(map.find(base::as_bytes(key)), offset);
  EXPECT_EQ(map.find(base::as_bytes("never put")), std::nullopt);
}

TEST(OffsetMap, IsFullAtItsLoadFactorForNewKeysAlone) {
  OffsetMap map(24 * 100, 0.5);
  ASSERT_TRUE(map.begin(kMany, {}));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(map.put(base::as_bytes(std::to_string(i)), i));
  EXPECT_FALSE(map.put(base::as_bytes("another"), 50));
  EXPECT_TRUE(map.put(base::as_bytes("7"), 51));
  EXPECT_EQ(map.find(base::as_bytes("7")), 51);
  EXPECT_EQ(map.utilization(), 0.5);
}

TEST(OffsetMap, GrowsToThreeQuartersOfItsMemoryWhenMoreKeysCome) {
  OffsetMap map(24 * 10'000, 0.9);
  ASSERT_TRUE(map.begin(10, {3, 4}));
  int count = 0;
  while (map.put(base::as_bytes(std::to_string(count)), count)) ++count;
  EXPECT_GE(count, 6'750);
  EXPECT_LE(count, 9'000);
  for (int i = 0; i < count; ++i) ASSERT_EQ(map.find(base::as_bytes(std::to_string(i))), i);
}

TEST(OffsetMap, IsEmptyWhenItBeginsAgain) {
  OffsetMap map(24 * 100, 0.9);
  ASSERT_TRUE(map.begin(50, {1, 1}));
  EXPECT_TRUE(map.put(base::as_bytes("key"), 5));
  map.set_latest_offset(5);
  ASSERT_TRUE(map.begin(50, {2, 2}));
  EXPECT_EQ(map.find(base::as_bytes("key")), std::nullopt);
  EXPECT_EQ(map.latest_offset(), -1);
  map.end();
  EXPECT_EQ(map.find(base::as_bytes("key")), std::nullopt);
}

TEST(OffsetMap, HoldsAtLeastOneKey) {
  OffsetMap map(0, 0);
  ASSERT_TRUE(map.begin(0, {}));
  EXPECT_TRUE(map.put(base::as_bytes("key"), 5));
  EXPECT_FALSE(map.put(base::as_bytes("other"), 6));
  EXPECT_EQ(map.find(base::as_bytes("other")), std::nullopt);
}

}  // namespace
}  // namespace odradek::log
