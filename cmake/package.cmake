# What is installed, and the Debian package of it: cmake --build build/release --target package. Manual pages and completions come from
# the command line's own table (kedge-pages).
include(GNUInstallDirs)
set(PAGES ${PROJECT_BINARY_DIR}/pages)
string(TIMESTAMP TODAY "%Y-%m-%d" UTC)
string(TIMESTAMP NOW "%a, %d %b %Y %H:%M:%S +0000" UTC)
add_custom_command(OUTPUT ${PAGES}/done
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${PAGES}
    COMMAND kedge-pages ${PAGES} ${PROJECT_VERSION} ${TODAY}
    COMMAND sh -c "gzip -9n ${PAGES}/man/*.1 && printf '%s\\n\\n  * Version ${PROJECT_VERSION}.\\n\\n -- the kedge authors <kedge@example.com>  %s\\n' 'kedge (${PROJECT_VERSION}) unstable; urgency=medium' '${NOW}' | gzip -9n >${PAGES}/changelog.gz && touch ${PAGES}/done"
    DEPENDS kedge-pages VERBATIM)
add_custom_target(pages ALL DEPENDS ${PAGES}/done)

install(TARGETS kedge RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PAGES}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${PAGES}/bash/kedge DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${PAGES}/zsh/_kedge DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${PAGES}/fish/kedge.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES ${PAGES}/changelog.gz DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/kedge)
install(FILES deploy/debian/copyright DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/kedge)
install(FILES deploy/debian/lintian-overrides RENAME kedge DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides)
install(FILES deploy/systemd/kedge.service DESTINATION /lib/systemd/system)
install(FILES deploy/systemd/kedge.example.yaml DESTINATION /etc/kedge)
install(DIRECTORY DESTINATION /etc/kedge/secrets DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_SET_DESTDIR ON)
set(CMAKE_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME kedge)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the kedge authors <kedge@example.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "keeps MCP-server registrations as a git repository says")
set(CPACK_PACKAGE_DESCRIPTION "kedge reads manifests of MCP servers from git, compares them with
what is live in an AI control plane, shows what would change, and
carries out what nothing holds: once, or as a service for ever.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "git, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "openssh-client")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm deploy/debian/conffiles)
list(TRANSFORM CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA PREPEND ${PROJECT_SOURCE_DIR}/)
include(CPack)
