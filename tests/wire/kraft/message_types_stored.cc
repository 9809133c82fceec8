#include "protocol/wire/codec_definitions.h"
#include "tests/wire/kraft/consumer_group_records.h"
#include "tests/wire/kraft/share_group_records.h"
#include "tests/wire/message_type_of.h"

namespace odradek::protocol {

template struct Codec<ConsumerGroupMetadataKey>;
template struct Codec<ConsumerGroupMetadataValue>;
template struct Codec<ConsumerGroupPartitionMetadataKey>;
template struct Codec<ConsumerGroupPartitionMetadataValue>;
template struct Codec<ConsumerGroupMemberMetadataKey>;
template struct Codec<ConsumerGroupMemberMetadataValue>;
template struct Codec<ConsumerGroupTargetAssignmentMetadataKey>;
template struct Codec<ConsumerGroupTargetAssignmentMetadataValue>;
template struct Codec<ConsumerGroupTargetAssignmentMemberKey>;
template struct Codec<ConsumerGroupTargetAssignmentMemberValue>;
template struct Codec<ConsumerGroupCurrentMemberAssignmentKey>;
template struct Codec<ConsumerGroupCurrentMemberAssignmentValue>;
template struct Codec<ShareGroupPartitionMetadataKey>;
template struct Codec<ShareGroupPartitionMetadataValue>;
template struct Codec<ShareGroupMemberMetadataKey>;
template struct Codec<ShareGroupMemberMetadataValue>;
template struct Codec<ShareGroupMetadataKey>;
template struct Codec<ShareGroupMetadataValue>;

namespace testing {

void add_kraft_stored(MessageTypes& types) {
  add<ConsumerGroupMetadataKey>(types, "ConsumerGroupMetadataKey");
  add<ConsumerGroupMetadataValue>(types, "ConsumerGroupMetadataValue");
  add<ConsumerGroupPartitionMetadataKey>(types, "ConsumerGroupPartitionMetadataKey");
  add<ConsumerGroupPartitionMetadataValue>(types, "ConsumerGroupPartitionMetadataValue");
  add<ConsumerGroupMemberMetadataKey>(types, "ConsumerGroupMemberMetadataKey");
  add<ConsumerGroupMemberMetadataValue>(types, "ConsumerGroupMemberMetadataValue");
  add<ConsumerGroupTargetAssignmentMetadataKey>(types, "ConsumerGroupTargetAssignmentMetadataKey");
  add<ConsumerGroupTargetAssignmentMetadataValue>(types,
                                                  "ConsumerGroupTargetAssignmentMetadataValue");
  add<ConsumerGroupTargetAssignmentMemberKey>(types, "ConsumerGroupTargetAssignmentMemberKey");
  add<ConsumerGroupTargetAssignmentMemberValue>(types, "ConsumerGroupTargetAssignmentMemberValue");
  add<ConsumerGroupCurrentMemberAssignmentKey>(types, "ConsumerGroupCurrentMemberAssignmentKey");
  add<ConsumerGroupCurrentMemberAssignmentValue>(types,
                                                 "ConsumerGroupCurrentMemberAssignmentValue");
  add<ShareGroupPartitionMetadataKey>(types, "ShareGroupPartitionMetadataKey");
  add<ShareGroupPartitionMetadataValue>(types, "ShareGroupPartitionMetadataValue");
  add<ShareGroupMemberMetadataKey>(types, "ShareGroupMemberMetadataKey");
  add<ShareGroupMemberMetadataValue>(types, "ShareGroupMemberMetadataValue");
  add<ShareGroupMetadataKey>(types, "ShareGroupMetadataKey");
  add<ShareGroupMetadataValue>(types, "ShareGroupMetadataValue");
}

}  // namespace testing
}  // namespace odradek::protocol
