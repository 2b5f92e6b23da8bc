// The store's folder on disk: made where it is missing (0700), its files readable by their owner only (0600).
#pragma once
#include <filesystem>

namespace kedge {

// Throws Failure(stop) where the folder cannot be made or is no folder.
void prepare_store_folder(const std::filesystem::path& store);

// Makes an empty file (0600) that must not exist yet. Throws Failure(stop).
void create_private_file(const std::filesystem::path& file);

// Makes a rename in this folder durable; a file system that cannot is left alone.
void sync_folder(const std::filesystem::path& folder);

} // namespace kedge
