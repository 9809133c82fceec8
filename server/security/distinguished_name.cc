#include "server/security/distinguished_name.h"

#include <arpa/inet.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

#include "base/text.h"

namespace odradek::security {
namespace {

// The types RFC 2253 has keywords for; Java writes all others as numbers.
const char* keyword_of(int kind) {
  switch (kind) {
    case NID_commonName:
      return "CN";
    case NID_countryName:
      return "C";
    case NID_localityName:
      return "L";
    case NID_stateOrProvinceName:
      return "ST";
    case NID_organizationName:
      return "O";
    case NID_organizationalUnitName:
      return "OU";
    case NID_streetAddress:
      return "STREET";
    case NID_domainComponent:
      return "DC";
    case NID_userId:
      return "UID";
    default:
      return nullptr;
  }
}

std::string hex_of_der(const ASN1_STRING* value) {
  unsigned char* der = nullptr;
  int length = i2d_ASN1_PRINTABLE(value, &der);
  if (length < 0) return "#";
  std::string text = "#" + base::hex({der, static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  return text;
}

bool has_text_form(const ASN1_STRING* value) {
  switch (ASN1_STRING_type(value)) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_BMPSTRING:
    case V_ASN1_GENERALSTRING:
      return true;
    default:
      return false;
  }
}

// Blanks at both ends and the characters that mean something get a backslash.
std::string escaped(std::string_view text) {
  constexpr std::string_view kSpecial = ",=+<>#;\"\\";
  auto is_blank = [](char c) { return c == ' ' || c == '\r'; };
  std::size_t first = 0;
  while (first < text.size() && is_blank(text[first])) ++first;
  std::size_t last = text.size();
  while (last > 0 && is_blank(text[last - 1])) --last;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\0') {
      out += "\\00";
      continue;
    }
    bool outside = i < first || i >= last;
    if (outside || kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string value_text(const ASN1_STRING* value) {
  unsigned char* utf8 = nullptr;
  int length = ASN1_STRING_to_UTF8(&utf8, value);
  if (length < 0) return hex_of_der(value);
  std::string text = escaped({reinterpret_cast<char*>(utf8), static_cast<std::size_t>(length)});
  OPENSSL_free(utf8);
  return text;
}

std::string part_text(const X509_NAME_ENTRY* entry) {
  const ASN1_OBJECT* type = X509_NAME_ENTRY_get_object(entry);
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(entry);
  if (const char* keyword = keyword_of(OBJ_obj2nid(type))) {
    return std::string(keyword) + "=" +
           (has_text_form(value) ? value_text(value) : hex_of_der(value));
  }
  char number[128] = {};
  OBJ_obj2txt(number, sizeof(number), type, 1);
  return std::string(number) + "=" + hex_of_der(value);
}

struct FreeNames {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

std::string view_text(const ASN1_STRING* value) {
  return std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
                     static_cast<std::size_t>(ASN1_STRING_length(value)));
}

std::string name_text(const GENERAL_NAME* name) {
  if (name->type == GEN_DNS) return "DNS:" + view_text(name->d.dNSName);
  if (name->type == GEN_EMAIL) return "EMAIL:" + view_text(name->d.rfc822Name);
  if (name->type == GEN_URI) return "URI:" + view_text(name->d.uniformResourceIdentifier);
  if (name->type != GEN_IPADD) return "OTHER:" + std::to_string(name->type);
  std::string bytes = view_text(name->d.iPAddress);
  char text[INET6_ADDRSTRLEN] = {};
  if (bytes.size() != 4 && bytes.size() != 16) return "IP:?";
  inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text, sizeof(text));
  return std::string("IP:") + text;
}

}  // namespace

std::string subject_of(const x509_st& certificate) {
  const X509_NAME* name = X509_get_subject_name(&certificate);
  std::vector<std::string> sets;  // parts of one set are joined by '+', in the order they have
  int last_set = -1;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    int set = X509_NAME_ENTRY_set(entry);
    if (set == last_set) {
      sets.back() += "+" + part_text(entry);
    } else {
      sets.push_back(part_text(entry));
    }
    last_set = set;
  }
  std::ranges::reverse(sets);
  return base::join(sets, ",");
}

std::vector<std::string> alternative_names_of(const x509_st& certificate) {
  std::vector<std::string> all;
  std::unique_ptr<GENERAL_NAMES, FreeNames> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
  if (!names) return all;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    all.push_back(name_text(sk_GENERAL_NAME_value(names.get(), i)));
  }
  std::ranges::sort(all);
  return all;
}

}  // namespace odradek::security
