// RecordDecoder: how dump-log shows keys and values.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "protocol/record/record.h"
#include "tools/internal_records.h"

namespace odradek::tools {

using RecordDecoder = std::function<RecordText(const protocol::Record& record)>;

RecordDecoder offsets_decoder();
RecordDecoder transaction_decoder();
RecordDecoder cluster_metadata_decoder();
RecordDecoder remote_log_metadata_decoder();
// By the Java classes' names: StringDecoder, DefaultDecoder, LongDecoder, IntegerDecoder. An error
// names one that is not known.
base::Result<RecordDecoder> class_decoder(const std::string& key_class,
                                          const std::string& value_class);

// What upstream says of the names that its decoders had before 3.8; nullopt for other names.
std::optional<std::string> deprecation_of(const std::string& class_name);

}  // namespace odradek::tools
