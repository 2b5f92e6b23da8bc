// The reserved key x-kedge, and the same block in .kedge/overrides: read strictly.
#pragma once
#include "manifest/document_findings.h"
#include "manifest/load.h"

namespace kedge {

struct ReadExtension {
    Extension extension;
    std::vector<std::string> keys; // which ones the block states
};

struct ExtensionOwner {
    std::string type;  // of the manifest; empty: any
    std::string name;  // of the manifest; empty: not known
    bool many = false; // the block is for several manifests
};

ReadExtension read_extension(const Json& block, const std::string& pointer, const ExtensionOwner& owner,
                             DocumentFindings& findings);

// What holds for one manifest: the overrides that match, later ones first, and above all its own block.
Extension merged_extension(const std::vector<Override>& overrides, const ExtensionOwner& owner, ReadExtension own);

} // namespace kedge
