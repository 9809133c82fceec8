// reconfiguration: which component takes which changed setting into use, and where settings of
// brokers come from.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace odradek::broker {

struct Parts;

// What /config/brokers holds for all and for this one, before components are made.
base::Status read_broker_settings(Parts& parts);

// From here on changes of settings take effect: of topics and of brokers, and files that settings
// name. Once everything else is made and started.
void follow_settings(Parts& parts);

}  // namespace odradek::broker
