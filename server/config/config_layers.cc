#include "server/config/config_layers.h"

namespace odradek::config {
namespace {

std::optional<std::string_view> find_in(const Properties& layer, std::string_view name) {
  auto found = layer.find(name);
  if (found == layer.end()) return std::nullopt;
  return std::string_view(found->second);
}

void add_with_prefix(const Properties& layer, std::string_view prefix, Properties& into) {
  for (auto at = layer.lower_bound(prefix); at != layer.end() && at->first.starts_with(prefix);
       ++at) {
    into[at->first.substr(prefix.size())] = at->second;
  }
}

}  // namespace

std::optional<std::string_view> ConfigLayers::find(std::string_view name) const {
  for (auto source : {ConfigSource::kDynamicBroker, ConfigSource::kDynamicDefaultBroker,
                      ConfigSource::kStaticBroker}) {
    if (auto found = find(name, source)) return found;
  }
  return std::nullopt;
}

std::optional<std::string_view> ConfigLayers::find(std::string_view name,
                                                   ConfigSource source) const {
  if (source == ConfigSource::kDynamicBroker) return find_in(dynamic_broker, name);
  if (source == ConfigSource::kDynamicDefaultBroker) return find_in(dynamic_default, name);
  if (source != ConfigSource::kStaticBroker) return std::nullopt;
  auto found = find_in(command_line, name);
  return found ? found : find_in(file, name);
}

Properties ConfigLayers::with_prefix(std::string_view prefix) const {
  Properties merged;
  for (const auto* layer : {&file, &command_line, &dynamic_default, &dynamic_broker}) {
    add_with_prefix(*layer, prefix, merged);
  }
  return merged;
}

}  // namespace odradek::config
