#include "server/controller/features.h"

#include <gtest/gtest.h>

#include "tests/server/controller/cluster_fixture.h"
#include "zk/store/features.h"

namespace odradek::controller {
namespace {

using Direction = FeatureChange::Direction;

TEST(CheckFeatureChange, RefusesAllButTheDeletionOfWhatIsThere) {
  struct Case {
    FeatureChange change;
    std::optional<std::int16_t> existing;
    std::string said;  // empty: allowed
  };
  const Case cases[] = {
      {{"", 1, Direction::kUpgrade}, {}, "Feature name can not be empty."},
      {{"f", 1, Direction::kUnknown}, {}, "Received unknown upgrade type."},
      {{"f", 0, Direction::kSafeDowngrade}, {}, "Can not delete non-existing finalized feature."},
      {{"f", 0, Direction::kSafeDowngrade}, 3, ""},
      {{"f", 0, Direction::kUpgrade},
       3,
       "Can not provide versionLevel: 0 less than 1 without setting the SAFE downgradeType in the "
       "request."},
      {{"f", 3, Direction::kUpgrade},
       3,
       "Can not upgrade a finalized feature from existing versionLevel:3 to the same value."},
      {{"f", 2, Direction::kUpgrade},
       3,
       "Can not downgrade finalized feature from existing versionLevel:3 to provided "
       "versionLevel:2 without setting the downgradeType to SAFE in the request."},
      {{"f", 4, Direction::kSafeDowngrade},
       3,
       "When the downgradeType is set to SAFE in the request, the provided versionLevel:4 can not "
       "be greater than existing versionLevel:3."},
      {{"f", 4, Direction::kUpgrade},
       3,
       "Could not apply finalized feature update because the provided feature is not supported."},
  };
  for (const Case& each : cases) {
    EXPECT_EQ(check_feature_change(each.change, each.existing).message, each.said);
  }
}

class FeaturesTest : public ControllerTest {};

TEST_F(FeaturesTest, ADeletedFeatureIsGoneFromTheNode) {
  auto b1 = broker(1);
  auto controller = start(options(1));
  ASSERT_TRUE(is_led(*b1, 1));
  ASSERT_TRUE(zk::write_features(*session_, {.version = 2, .features = {{"old", {1, 2}}}}).ok());
  const FeaturesRequest request{
      .changes = {{"old", 0, Direction::kSafeDowngrade}, {"new", 1, Direction::kUpgrade}}};
  FeaturesRequest dry = request;
  dry.validate_only = true;
  ASSERT_TRUE((controller->ask<FeaturesRequest, FeaturesAnswer>(dry)).ok());
  EXPECT_TRUE((*zk::read_features(*session_))->data.features.contains("old"));
  auto answer = controller->ask<FeaturesRequest, FeaturesAnswer>(request);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(protocol::code_of(answer->at("old")), ErrorCode::kNone);
  EXPECT_EQ(protocol::code_of(answer->at("new")), ErrorCode::kInvalidRequest);
  EXPECT_TRUE((*zk::read_features(*session_))->data.features.empty());
}

TEST_F(FeaturesTest, BelowIbp27ThereAreNone) {
  auto b1 = broker(1);
  auto old = options(1);
  old.protocol_version = config::InterBrokerProtocol::k2_6_Iv0;
  auto controller = start(old);
  ASSERT_TRUE(is_led(*b1, 1));
  auto answer = controller->ask<FeaturesRequest, FeaturesAnswer>({});
  EXPECT_EQ(answer.error().message, "Feature versioning system is disabled.");
}

}  // namespace
}  // namespace odradek::controller
