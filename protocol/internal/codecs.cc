#include "protocol/internal/group_metadata.h"
#include "protocol/internal/offset_commit.h"
#include "protocol/internal/transaction_log.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<OffsetCommitKey>;
template struct Codec<OffsetCommitValue>;
template struct Codec<GroupMetadataKey>;
template struct Codec<GroupMetadataValue>;
template struct Codec<TransactionLogKey>;
template struct Codec<TransactionLogValue>;

}  // namespace odradek::protocol
