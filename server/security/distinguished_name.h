// Distinguished names of certificates, written as Java writes them (RFC 2253).
#pragma once

#include <string>
#include <vector>

#include "server/security/openssl_handles.h"

namespace odradek::security {

// "CN=client,OU=a,O=b,C=DE": the last part of the name first, keywords of RFC 2253 only, other
// types as numbers with hexadecimal values.
std::string subject_of(const x509_st& certificate);

// The certificate's alternative names, each with its kind ("DNS:host", "IP:1.2.3.4"), sorted.
std::vector<std::string> alternative_names_of(const x509_st& certificate);

}  // namespace odradek::security
