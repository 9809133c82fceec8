#include "tools/config_report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cstdio>
#include <string_view>

#include "base/text.h"
#include "server/config/config_key.h"
#include "tools/topic_description.h"

namespace odradek::tools {
namespace {

using Config = protocol::DescribeConfigsResponse::Config;

// How large java.util.Properties begin.
constexpr std::uint32_t kPropertiesCapacity = 16;

std::string_view source_name(std::int8_t source) {
  static constexpr std::string_view kNames[] = {"UNKNOWN",
                                                "DYNAMIC_TOPIC_CONFIG",
                                                "DYNAMIC_BROKER_CONFIG",
                                                "DYNAMIC_DEFAULT_BROKER_CONFIG",
                                                "STATIC_BROKER_CONFIG",
                                                "DEFAULT_CONFIG",
                                                "DYNAMIC_BROKER_LOGGER_CONFIG",
                                                "DYNAMIC_CLIENT_METRICS_CONFIG"};
  const auto at = static_cast<std::size_t>(source);
  return source >= 0 && at < std::size(kNames) ? kNames[at] : kNames[0];
}

// As java.lang.Double prints it.
std::string number_text(double value) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  return config::canonical_text(config::ConfigType::kDouble, {buffer, end});
}

std::string config_line(const Config& config) {
  std::vector<std::string> synonyms;
  for (const auto& synonym : config.synonyms) {
    synonyms.push_back(std::string(source_name(synonym.source)) + ":" + synonym.name + "=" +
                       synonym.value.value_or("null"));
  }
  return "  " + config.name + "=" + config.value.value_or("null") +
         " sensitive=" + (config.is_sensitive ? "true" : "false") + " synonyms={" +
         base::join(synonyms, ", ") + "}";
}

boost::json::value nullable(const std::optional<std::string>& text) {
  return text ? boost::json::value(*text) : boost::json::value(nullptr);
}

boost::json::object config_object(const Config& config) {
  boost::json::array synonyms;
  for (const auto& synonym : config.synonyms) {
    synonyms.push_back({{"name", synonym.name},
                        {"value", nullable(synonym.value)},
                        {"source", source_name(synonym.source)}});
  }
  return {{"name", config.name},
          {"value", nullable(config.value)},
          {"source", source_name(config.config_source)},
          {"sensitive", config.is_sensitive},
          {"read_only", config.read_only},
          {"synonyms", std::move(synonyms)}};
}

std::string singular(const std::string& type) { return type.substr(0, type.size() - 1); }

std::string quota_entity_text(const QuotaEntity& entity) {
  std::vector<std::string> parts;
  for (std::string_view wanted : {"user", "client-id", "ip"}) {
    for (const auto& [type, name] : entity) {
      if (type != wanted) continue;
      const std::string shown = type == "user" ? "user-principal" : type;
      parts.push_back(name ? shown + " '" + *name + "'" : "the default " + shown);
    }
  }
  return base::join(parts, ", ");
}

}  // namespace

struct ConfigReport::Document {
  boost::json::array entities;
};

ConfigReport::ConfigReport(bool as_json) {
  if (as_json) document_ = std::make_unique<Document>();
}

ConfigReport::~ConfigReport() = default;

void ConfigReport::add_configs(const ConfigEntity& entity, bool all, std::vector<Config> configs) {
  std::sort(configs.begin(), configs.end(),
            [](const Config& left, const Config& right) { return left.name < right.name; });
  const std::string name = entity.name.value_or("");
  if (document_) {
    boost::json::array described;
    for (const Config& config : configs) described.push_back(config_object(config));
    boost::json::object shown;
    shown[entity.type] = name.empty() ? boost::json::value(nullptr) : boost::json::value(name);
    document_->entities.push_back(
        {{"entity", std::move(shown)}, {"configs", std::move(described)}});
    return;
  }
  if (name.empty()) {
    std::printf("Default configs for %s in the cluster are:\n", entity.type.c_str());
  } else {
    std::printf("%s configs for %s %s are:\n", all ? "All" : "Dynamic",
                singular(entity.type).c_str(), name.c_str());
  }
  for (const Config& config : configs) std::puts(config_line(config).c_str());
}

void ConfigReport::add_quotas(const QuotaEntity& entity,
                              const std::vector<std::pair<std::string, double>>& quotas) {
  if (document_) {
    boost::json::object shown;
    for (const auto& [type, name] : entity) shown[type] = nullable(name);
    boost::json::object values;
    for (const auto& [name, value] : quotas) values[name] = value;
    document_->entities.push_back({{"entity", std::move(shown)}, {"quotas", std::move(values)}});
    return;
  }
  std::map<std::string, double> by_name(quotas.begin(), quotas.end());
  std::vector<std::string> names;
  for (const auto& quota : quotas) names.push_back(quota.first);
  sort_as_hash_map(names);
  std::vector<std::string> values;
  for (const std::string& name : names) values.push_back(name + "=" + number_text(by_name[name]));
  std::printf("Quota configs for %s are %s\n", quota_entity_text(entity).c_str(),
              base::join(values, ", ").c_str());
}

void ConfigReport::add_credentials(
    const std::string& user, const std::vector<std::pair<std::string, std::int32_t>>& credentials) {
  if (document_) {
    boost::json::object values;
    for (const auto& [mechanism, iterations] : credentials) values[mechanism] = iterations;
    boost::json::object shown;
    shown["user"] = user;
    document_->entities.push_back(
        {{"entity", std::move(shown)}, {"credentials", std::move(values)}});
    return;
  }
  std::vector<std::string> texts;
  for (const auto& [mechanism, iterations] : credentials) {
    texts.push_back(mechanism + "=iterations=" + std::to_string(iterations));
  }
  std::printf("SCRAM credential configs for user-principal '%s' are %s\n", user.c_str(),
              base::join(texts, ", ").c_str());
}

void ConfigReport::add_stored(const std::vector<ConfigEntity>& entity,
                              const std::map<std::string, std::string>& configs) {
  if (document_) {
    boost::json::object shown;
    for (const ConfigEntity& part : entity) {
      shown[part.type] = part.is_default() ? boost::json::value(nullptr) : nullable(part.name);
    }
    boost::json::object values;
    for (const auto& [name, value] : configs) values[name] = value;
    document_->entities.push_back({{"entity", std::move(shown)}, {"stored", std::move(values)}});
    return;
  }
  std::vector<std::string> names;
  for (const auto& config : configs) names.push_back(config.first);
  sort_as_hash_map(names, kPropertiesCapacity);
  std::vector<std::string> texts;
  for (const std::string& name : names) texts.push_back(name + "=" + configs.at(name));
  std::printf("Configs for %s are %s\n", stored_entity_text(entity).c_str(),
              base::join(texts, ",").c_str());
}

void ConfigReport::finish() {
  if (!document_) return;
  const boost::json::object document{{"version", 1}, {"entities", std::move(document_->entities)}};
  std::puts(boost::json::serialize(document).c_str());
}

std::string stored_entity_text(const std::vector<ConfigEntity>& entity) {
  std::vector<std::string> parts;
  for (const ConfigEntity& part : entity) {
    std::string type = part.type;
    if (type == config_type::kUsers) type = "user-principal";
    if (type == config_type::kClients) type = "client-id";
    if (type == config_type::kTopics) type = "topic";
    if (!part.name) {
      parts.push_back(part.type);
    } else {
      parts.push_back(part.is_default() ? "default " + type : type + " '" + *part.name + "'");
    }
  }
  return base::join(parts, ", ");
}

}  // namespace odradek::tools
