#include "protocol/messages/alter_configs.h"
#include "protocol/messages/describe_configs.h"
#include "protocol/messages/incremental_alter_configs.h"
#include "protocol/messages/update_features.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

template struct Codec<DescribeConfigsRequest>;
template struct Codec<DescribeConfigsResponse>;
template struct Codec<AlterConfigsRequest>;
template struct Codec<AlterConfigsResponse>;
template struct Codec<IncrementalAlterConfigsRequest>;
template struct Codec<IncrementalAlterConfigsResponse>;
template struct Codec<UpdateFeaturesRequest>;
template struct Codec<UpdateFeaturesResponse>;

}  // namespace odradek::protocol
