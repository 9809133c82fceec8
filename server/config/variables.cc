#include "server/config/variables.h"

#include <cstdlib>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace odradek::config {
namespace {

constexpr std::size_t kMaxSecretBytes = 1024 * 1024;

using Lookup =
    std::function<base::Result<std::optional<std::string>>(std::string_view, std::string_view)>;
using Providers = std::map<std::string, Lookup, std::less<>>;

base::Result<std::optional<std::string>> from_file(std::string_view path, std::string_view key) {
  auto properties = read_properties(std::string(path));
  if (!properties) return properties.error();
  auto found = properties->find(key);
  if (found == properties->end()) return std::optional<std::string>();
  return std::optional<std::string>(found->second);
}

// A directory with one file per key, as Kubernetes mounts secrets.
base::Result<std::optional<std::string>> from_directory(std::string_view path,
                                                        std::string_view key) {
  if (key.find('/') != std::string_view::npos || key == "..") {
    return base::Error("Variable key " + std::string(key) + " is not a file name");
  }
  std::string file = std::string(path) + "/" + std::string(key);
  auto type = base::path_type(file);
  if (!type) return type.error();
  if (*type != base::FileType::kFile) return std::optional<std::string>();
  auto text = base::read_whole_file(file, kMaxSecretBytes);
  if (!text) return text.error();
  return std::optional<std::string>(*text);
}

base::Result<std::optional<std::string>> from_environment(std::string_view, std::string_view key) {
  const char* value = std::getenv(std::string(key).c_str());
  if (value == nullptr) return std::optional<std::string>();
  return std::optional<std::string>(value);
}

base::Result<Providers> find_providers(const ConfigLayers& layers) {
  constexpr std::string_view kPackage = "org.apache.kafka.common.config.provider.";
  Providers providers;
  for (const auto& name : base::split_list(layers.find("config.providers").value_or(""))) {
    auto class_name = layers.find("config.providers." + name + ".class").value_or("");
    std::string_view simple = class_name;
    if (simple.starts_with(kPackage)) simple.remove_prefix(kPackage.size());
    if (simple == "FileConfigProvider") {
      providers[name] = from_file;
    } else if (simple == "DirectoryConfigProvider") {
      providers[name] = from_directory;
    } else if (simple == "EnvVarConfigProvider") {
      providers[name] = from_environment;
    } else {
      return base::Error("config.providers names " + name + ", whose class " +
                         std::string(class_name) +
                         " is none of FileConfigProvider, DirectoryConfigProvider and "
                         "EnvVarConfigProvider");
    }
  }
  return providers;
}

// The value of "provider:path:key" or "provider:key", or nullopt when it is no variable.
base::Result<std::optional<std::string>> look_up(const Providers& providers,
                                                 std::string_view variable) {
  auto first = variable.find(':');
  if (first == std::string_view::npos) return std::optional<std::string>();
  auto provider = providers.find(variable.substr(0, first));
  if (provider == providers.end()) return std::optional<std::string>();
  std::string_view rest = variable.substr(first + 1);
  auto last = rest.rfind(':');
  std::string_view path = last == std::string_view::npos ? "" : rest.substr(0, last);
  std::string_view key = last == std::string_view::npos ? rest : rest.substr(last + 1);
  return provider->second(path, key);
}

base::Result<std::string> replace(const Providers& providers, std::string_view text) {
  std::string out;
  for (;;) {
    auto start = text.find("${");
    auto end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) return out.append(text);
    out.append(text.substr(0, start));
    std::string_view variable = text.substr(start, end + 1 - start);
    auto value = look_up(providers, variable.substr(2, variable.size() - 3));
    if (!value) return value.error();
    out.append(*value ? std::string_view(**value) : variable);
    text.remove_prefix(end + 1);
  }
}

base::Status replace_all(const Providers& providers, Properties& values) {
  for (auto& [name, text] : values) {
    if (text.find("${") == std::string::npos) continue;
    auto replaced = replace(providers, text);
    if (!replaced) {
      return base::Error("Cannot resolve the variable in configuration " + name + ": " +
                         replaced.error().message);
    }
    text = std::move(*replaced);
  }
  return {};
}

}  // namespace

base::Status resolve_variables(ConfigLayers& layers) {
  auto providers = find_providers(layers);
  if (!providers) return providers.error();
  if (providers->empty()) return {};
  for (auto* layer : {&layers.file, &layers.command_line}) {
    if (auto done = replace_all(*providers, *layer); !done) return done;
  }
  return {};
}

base::Status resolve_variables(const ConfigLayers& layers, Properties& values) {
  auto providers = find_providers(layers);
  if (!providers) return providers.error();
  if (providers->empty()) return {};
  return replace_all(*providers, values);
}

}  // namespace odradek::config
