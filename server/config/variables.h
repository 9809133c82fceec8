// Variables: replaces ${provider:path:key} in settings by what the providers of config.providers
// know.
#pragma once

#include "base/result.h"
#include "server/config/config_layers.h"

namespace odradek::config {

// Providers are named in config.providers and given a class in config.providers.<name>.class; of
// Kafka's own the ones for files, directories and the environment are built in. Without
// config.providers nothing is replaced. A variable whose key the provider does not know stays.
base::Status resolve_variables(ConfigLayers& layers);

// The same for one map of dynamic settings, with the providers that `layers` names.
base::Status resolve_variables(const ConfigLayers& layers, Properties& values);

}  // namespace odradek::config
